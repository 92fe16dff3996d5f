"""Show the pages that belong to no room: jobs, looks, health, stale forms."""

import uuid

from django.db import connection
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.http import JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from livingcircle_platform.core import jobs
from livingcircle_platform.core.models import Job
from livingcircle_platform.core.pages import LOOKS
from livingcircle_platform.core.pages import problem_page
from livingcircle_platform.core.pages import wants_json
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import TooOftenError

_YEAR = 365 * 24 * 3600


def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Say that the web process and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def choose_look(request: HttpRequest) -> HttpResponse:
    """Keep the chosen looks (normal, elder, high contrast) in a cookie and go back."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = reverse("workbench:home")
    response = HttpResponseRedirect(target)
    look = request.POST.get("look", "")
    response.set_cookie(
        "look", look if look in LOOKS else "normal", max_age=_YEAR, samesite="Lax", httponly=True
    )
    return response


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form whose page was open too long; what was typed is shown again."""
    problem = NotAllowedError(
        "这个页面打开太久，或浏览器关掉了 Cookie，没有保存", remedy="返回上一页刷新后再提交一次"
    )
    return problem_page(request, problem)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer an address that leads nowhere, or nowhere this person may go."""
    return problem_page(request, MissingError("没有这个页面", remedy="核对地址，或从首页重新进入"))


def too_often(request: HttpRequest) -> HttpResponse:
    """Answer somebody who asks faster than a person can."""
    problem = TooOftenError("提交得太频繁，这一次没有处理", remedy="过1分钟再试")
    response = problem_page(request, problem)
    response.headers["Retry-After"] = "60"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Answer when our own program failed; nothing is asked of the database, which may be away."""
    if wants_json(request):
        error = {"what": "程序出错，没有保存", "remedy": "稍后再试；仍然出错就告诉管理员"}
        return JsonResponse({"error": error}, status=500)
    page = render_to_string("core/broken.html", {"look": request.COOKIES.get("look", "normal")})
    return HttpResponse(page, status=500)


def job_list(request: HttpRequest) -> HttpResponse:
    """List a person's jobs, the latest first."""
    return render(
        request, "core/jobs.html", {"jobs": Job.objects.filter(asked_by=request.user)[:50]}
    )


def job(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Show how far a job is; the page asks again until it is over."""
    found = _own_job(request, job_id)
    partial = getattr(request, "htmx", False) and not request.htmx.boosted
    response = render(
        request, "core/job_fragment.html" if partial else "core/job.html", {"job": found}
    )
    if partial and found.state == Job.State.DONE and found.result:
        response.headers["HX-Redirect"] = found.result
    return response


def cancel_job(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Ask a job to stop."""
    jobs.cancel(_own_job(request, job_id))
    return HttpResponseRedirect(reverse("core:job", args=[job_id]))


def _own_job(request: HttpRequest, job_id: uuid.UUID) -> Job:
    """Return a job of this person's.

    Raises
    ------
    MissingError
        If there is none, or it is somebody else's.
    """
    found = Job.objects.filter(pk=job_id, asked_by=request.user).first()
    if found is None:
        raise MissingError("没有这个任务，或不是您提交的", remedy="从“后台任务”里查看自己的任务")
    return found

"""Lay the small city out for drawing circles: four squares in a row, two circles, no streets."""

import uuid

from livingcircle_platform.assessment.actions import ask_draft
from livingcircle_platform.core import jobs
from livingcircle_platform.core.models import Job
from livingcircle_platform.territory.models import CircleSet
from tests.platform import make

EAST = make.STEP


def lay_out(town):
    """Give every community 10,000 people and put two circles of two in force."""
    for one in (town.a1, town.a2, town.b1, town.b2):
        make.profile(one, 10_000)
    groups = (("甲圈", [town.a1, town.a2]), ("乙圈", [town.b1, town.b2]))
    return make.circles(town.district, *groups)


def work():
    """Do everything in the queue, as a worker would."""
    while job := jobs.claim("test"):
        jobs.run(job, {})
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.problem


def draft(town, clerk, start="existing", **wishes):
    """Return a draft with its desk opened."""
    key = uuid.uuid4()
    ask_draft(town.district, key, start=start, wishes=wishes, acting_user=clerk)
    work()
    return CircleSet.objects.get(pk=key)

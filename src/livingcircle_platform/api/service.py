"""Hold the one API object: what it is, and how it says no."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.http import HttpResponse
from django.http import JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.errors import ValidationError
from ninja.renderers import BaseRenderer
from pydantic_core import to_json

_ABOUT = """
给程序用的接口，读为主。和页面走同一张授权表、同一套范围：页面上看不到的，这里也没有。

- **身份**：在 `Authorization` 里带 `Bearer 令牌`（在“我的账号”里生成，只带需要的操作），
  或用浏览器的登录状态。
- **范围**：只返回本人范围内的数据；别处的一条按“没有”回答（404），范围内但角色不许的回答 403。
- **分页**：`most` 是一次最多几条；回答里的 `next` 放进下一次请求的 `cursor`，为空就是到底了。
- **出错**：`{"error": {"what": 发生了什么, "remedy": 怎么办}}`；参数不对时另有 `fields`，
  逐项说明。
- **坐标**：经度、纬度（CGCS2000 / WGS-84，EPSG:4326），几何为 GeoJSON。
- **空值**：`null` 表示未核实，不表示“没有”。
- **写入**：新建时编号由调用方生成，同一条发两次只有一条；修改要写明看到的版本 `version`，
  别人先改过就回答 409，两边的值都在里面。
- **地图**：矢量瓦片在 `/api/tiles/…`，说明（TileJSON）在 `/api/layers/…/tiles.json`，
  整层下载为 GeoJSON 或 GeoPackage。
"""
_SAID = {
    "missing": "要填",
    "uuid_parsing": "要写编号（36位，带连字符）",
    "uuid_type": "要写编号（36位，带连字符）",
    "date_from_datetime_parsing": "日期写成 2026-06-01 这样",
    "date_parsing": "日期写成 2026-06-01 这样",
    "datetime_from_date_parsing": "时间写成 2026-06-01T08:00:00+08:00 这样",
    "datetime_parsing": "时间写成 2026-06-01T08:00:00+08:00 这样",
    "int_parsing": "要写整数",
    "float_parsing": "要写数字",
    "finite_number": "要写数字",
    "bool_parsing": "写 true 或 false",
    "extra_forbidden": "没有这一项",
}


class Written(BaseRenderer):
    """Write answers with pydantic's own writer: ids and times are nothing special to it."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ANN401, ARG002
        """Return the answer as UTF-8."""
        return to_json(data, inf_nan_mode="null", fallback=str)


class Service(NinjaAPI):
    """Describe every operation, and answer in the house's own words."""

    def get_openapi_operation_id(self, operation: Any) -> str:  # noqa: ANN401 - ninja's own
        """Name an operation by its function, whatever module that lives in."""
        return str(operation.view_func.__name__)


service = Service(
    title="一刻钟 接口",
    version="1",
    description=_ABOUT,
    renderer=Written(),
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
)


@service.exception_handler(ValidationError)
def refuse_parameters(request: HttpRequest, problem: Any) -> HttpResponse:  # noqa: ANN401, ARG001
    """Say, parameter by parameter, what cannot be read."""
    fields = {str(one["loc"][-1]): _sentence(one) for one in problem.errors}
    told = "；".join(f"“{name}”{said}" for name, said in fields.items())
    error = {"what": f"参数不对：{told}", "remedy": "改好再发一次", "fields": fields}
    return JsonResponse({"error": error}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@service.exception_handler(HttpError)
def refuse_request(request: HttpRequest, problem: Any) -> HttpResponse:  # noqa: ANN401, ARG001
    """Say that the request itself cannot be read."""
    error = {"what": "读不出这个请求", "remedy": "正文要是 JSON（UTF-8）"}
    return JsonResponse({"error": error}, status=problem.status_code)


def _sentence(problem: dict[str, Any]) -> str:
    """Return what is wrong with one parameter."""
    kind, limits = problem["type"], problem.get("ctx") or {}
    if kind == "value_error":
        return str(limits.get("error", "")) or "认不出"
    if kind in {"greater_than_equal", "greater_than"}:
        return f"不能小于{limits.get('ge', limits.get('gt'))}"
    if kind in {"less_than_equal", "less_than"}:
        return f"不能大于{limits.get('le', limits.get('lt'))}"
    if kind == "string_too_long":
        return f"最多{limits['max_length']}个字"
    if kind in {"literal_error", "enum"}:
        return f"只能是 {limits['expected']}"
    return _SAID.get(kind, "认不出")

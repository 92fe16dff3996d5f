"""Describe each map layer once: its rows, its shapes, and what is told of each feature.

Tiles, downloads and their descriptions all read from here, and the rows come only from
``visible_to``: whatever way a layer is asked for, it holds the same features.
"""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from livingcircle_platform.accounts.scope import Scope
from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.assessment.models import BlindArea
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleSet

Rows = Callable[[Any, Run | None], QuerySet[Any]]


@dataclass(frozen=True)
class Layer:
    """Describe one layer.

    Attributes
    ----------
    name, title
        Its name in addresses, and in Chinese.
    columns
        What is told of each feature, title by column; ``id`` is always told.
    shape
        The column of the shape; "" for points in ``lon`` and ``lat``.
    action
        What one must be allowed to do to see it.
    visible, exported
        Its rows for a person: those to look at, and those to take away.
    of_run
        Whether it belongs to one run.
    """

    name: str
    title: str
    columns: Mapping[str, str]
    shape: str
    action: str
    visible: Rows
    exported: Rows
    of_run: bool = False

    def key(self, user: Any, run: Run | None) -> str:  # noqa: ANN401
        """Return what two people share if, and only if, they see the same rows of this layer."""
        day = timezone.localdate()  # another day may bring another version of the circles
        scope = _written(scope_of(user, self.action), user)
        return f"{self.name}|{run.pk if run else day}|{scope}"


def _written(scope: Scope, user: Any) -> str:  # noqa: ANN401
    """Write a scope out; what is somebody's own is nobody else's."""
    mine = str(user.pk) if scope.mine else ""
    own = ",".join(sorted(str(one) for one in scope.own))
    return f"{scope.everywhere:d}|{','.join(sorted(scope.below))}|{own}|{mine}"


def _outlets(user: Any, run: Run | None) -> QuerySet[Any]:  # noqa: ANN401, ARG001
    return Outlet.objects.visible_to(user).exclude(lon=None)


def _outlets_exported(user: Any, run: Run | None) -> QuerySet[Any]:  # noqa: ANN401
    return policies.OUTLETS.visible(_outlets(user, run), user, "export")


def _circles(user: Any, run: Run | None) -> QuerySet[Any]:  # noqa: ANN401, ARG001
    sets = CircleSet.objects.as_of(timezone.localdate())
    return Circle.objects.visible_to(user).filter(circle_set__in=sets).exclude(boundary=None)


def _communities(user: Any, run: Run | None) -> QuerySet[Any]:  # noqa: ANN401, ARG001
    rows = Area.objects.visible_to(user).filter(level=Area.Level.COMMUNITY)
    return rows.exclude(boundary=None)


def _blind_areas(user: Any, run: Run | None) -> QuerySet[Any]:  # noqa: ANN401
    if run is None:
        return BlindArea.objects.none()
    return BlindArea.objects.visible_to(user, run).exclude(shape=None)


LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        layer.name: layer
        for layer in (
            Layer(
                "outlets", "网点",
                {"code": "编号", "name": "名称", "trades": "业态代码（|代码|代码|）",
                 "state": "状态"},
                "", "outlet.view", _outlets, _outlets_exported,
            ),
            Layer(
                "circles", "生活圈", {"code": "编号", "name": "名称", "kind": "类型"},
                "boundary", "circle.view", _circles, _circles,
            ),
            Layer(
                "communities", "社区", {"code": "编号", "name": "名称"},
                "boundary", "area.view", _communities, _communities,
            ),
            Layer(
                "blind-areas", "步行服务盲区",
                {"trade": "业态代码", "trade_name": "业态", "place": "位置", "people": "人数",
                 "doors": "楼门数", "nearest_m": "最近的一家（米）"},
                "shape", "run.view", _blind_areas, _blind_areas, of_run=True,
            ),
        )
    }
)  # fmt: skip

"""Say where a district's own circles and the tiles they are put together from disagree."""

from collections.abc import Sequence

import shapely

from livingcircle._delineation.land import Land

SAME_AREA = 0.01  # share by which a drawn boundary may differ from its communities
Held = Sequence[tuple[str, str, frozenset[int]]]


def notes_on_circles(land: Land, held: Held) -> list[str]:
    """Return sentences on communities and boundaries that do not agree.

    Parameters
    ----------
    held
        Id, name and tiles of each circle.
    """
    return [*_parted(land, held), *_listed_twice(land), *_of_another_size(land, held)]


def _parted(land: Land, held: Held) -> list[str]:
    """Say which communities belong to a circle in part, and are given to one as a whole here."""
    members = land.district.circle_members
    parted = members[members["part"].astype(bool)].groupby("community_id")["circle_id"].agg(list)
    circles, owner = land.district.circles["name"], {t: name for _, name, ts in held for t in ts}
    notes = []
    for tile, community in enumerate(land.tiles.communities):
        others = (str(circles.get(one, one)) for one in parted.get(community, ()))
        rest = [name for name in dict.fromkeys(others) if name != owner.get(tile)]
        if rest:
            notes.append(
                f"{land.tiles.names[tile]}有一部分属于{'、'.join(rest)}，"
                f"这里整个算在{owner.get(tile, '圈外')}，圈的人数和面积因此与评估不同"
            )
    return notes


def _listed_twice(land: Land) -> list[str]:
    """Say which communities are listed whole in several circles; the last one has them."""
    members = land.district.circle_members
    whole = members[~members["part"].astype(bool)]
    circles, notes = land.district.circles["name"], []
    for community, ones in whole.groupby("community_id", sort=False)["circle_id"]:
        if len(ones) > 1 and community in land.parts_of:
            named = [str(circles.get(one, one)) for one in ones]
            name = land.community_names[str(community)]
            notes.append(f"{name}同时写在{'、'.join(named)}里，这里算在{named[-1]}")
    return notes


def _of_another_size(land: Land, held: Held) -> list[str]:
    """Say which circles have a drawn boundary of another size than their communities together."""
    drawn, notes = land.district.circles.geometry, []
    for one, name, tiles in held:
        shape = drawn.get(one)
        if shape is None or shapely.is_empty(shape):
            continue
        own = shapely.area(land.grid.project(shape)) / 1e6
        mine = float(shapely.area(land.tiles.shapes[sorted(tiles)]).sum()) / 1e6
        if abs(own - mine) > SAME_AREA * mine:
            notes.append(
                f"{name}画的边界是{own:.3f}平方公里，它的社区合起来是{mine:.3f}平方公里；这里按社区算"
            )
    return notes

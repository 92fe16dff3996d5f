"""Number the versions of a district's circles, and see that one of them is in force."""

import datetime as dt
from typing import Any

from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import CircleSet


def new_version(district: Area, **values: Any) -> CircleSet:  # noqa: ANN401 - columns of the model
    """Make the next version of a district's circles, a draft that follows the one in force."""
    last = district.circle_sets.order_by("-number").first()
    current = district.circle_sets.filter(state=CircleSet.State.ADOPTED).first()
    number = last.number + 1 if last else 1
    return CircleSet.objects.create(district=district, number=number, made_from=current, **values)


def put_in_force(made: CircleSet, day: dt.date) -> None:
    """Put a version in force from a day on, in the place of the one before."""
    current = made.district.circle_sets.filter(state=CircleSet.State.ADOPTED)
    current.update(state=CircleSet.State.REPLACED, in_force_until=day)
    made.state, made.in_force_from = CircleSet.State.ADOPTED, day
    made.save()

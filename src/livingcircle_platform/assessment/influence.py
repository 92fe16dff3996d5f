"""Tell how many people's verdicts hang on each outlet, so that the weightiest is checked first."""

from livingcircle.assessment import Assessment


def influence_of(run: Assessment) -> dict[str, float | None]:
    """Return by outlet how many people it is the nearest for, counted once for each trade.

    Nought where it is the nearest for nobody; ``None`` where nobody knows how many people live
    behind one of the doors that it is the nearest for.
    """
    access = run.access
    told = access[(access["verdict"] == "served") & (access["outlet_id"] != "")]
    residents, outlet = told["door_id"].map(run.doors["residents"]), told["outlet_id"].astype(str)
    people = residents.groupby(outlet).sum()
    unknown = set(outlet[residents.isna()])
    counted = {
        str(key): None if key in unknown else float(count)
        for key, count in people.to_dict().items()
    }
    return {key: counted.get(key, 0.0) for key in map(str, run.outlets.index)}

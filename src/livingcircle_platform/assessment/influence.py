"""Tell how many people's verdicts hang on each outlet, so that the weightiest is checked first."""

from livingcircle.assessment import Assessment


def influence_of(run: Assessment) -> dict[str, float]:
    """Return by outlet how many people it is the nearest for, counted once for each trade."""
    access = run.access
    told = access[(access["verdict"] == "served") & (access["outlet_id"] != "")]
    residents = told["door_id"].map(run.doors["residents"]).fillna(0.0)
    people = residents.groupby(told["outlet_id"]).sum()
    return dict(zip(people.index.astype(str), people.astype(float).tolist(), strict=True))

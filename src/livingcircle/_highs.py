"""Run HiGHS on one thread, whoever else uses it in the same process.

HiGHS shares its threads among all its users in a process, and refuses to run with another number
than the first of them asked for. A refusal must never pass for an answer.
"""

from highspy import HighsStatus
from highspy.highs import _Highs as Solver  # type: ignore[attr-defined]

from livingcircle.errors import SolverError


def run_solver(solver: Solver) -> None:
    """Run a solver, on one thread where nobody has started more.

    Raises
    ------
    SolverError
        If HiGHS does not take the model.
    """
    for threads in (1, 0):  # 0 takes what is there
        solver.setOptionValue("threads", threads)
        if solver.run() != HighsStatus.kError:
            return
    raise SolverError("求解器没有算成", remedy="请把输入和这句话报告给开发者")

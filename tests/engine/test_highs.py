"""Check that HiGHS answers here whatever others in the process have asked of it."""

import subprocess
import sys

import highspy
import numpy as np
import pytest

from livingcircle._delineation.choice import choose
from livingcircle._highs import run_solver
from livingcircle.errors import SolverError

# In a process of its own: the number of threads is settled once for all.
ELSEWHERE = """
import highspy
import numpy as np
from livingcircle._delineation.choice import choose

other = highspy.Highs()
other.setOptionValue("output_flag", False)
other.setOptionValue("threads", 3)
some = [other.addBinary() for _ in range(30)]
for seed in range(20):
    weights = np.random.default_rng(seed).integers(1, 9, 30).tolist()
    other.addConstr(sum(w * x for w, x in zip(weights, some)) >= 40)
other.minimize(sum(some))
found = choose([{0}, {1}, {0, 1}], np.array([1.0, 1.0, 0.5]), [0, 1])
print(found.chosen.tolist(), found.price, found.gap)
"""


def test_somebody_elses_threads_change_no_answer():
    told = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", ELSEWHERE], check=True, capture_output=True, text=True
    )
    assert told.stdout.splitlines()[-1] == "[2] 0.5 0.0"


def test_a_model_that_highs_refuses_is_no_answer():
    class Refusing:
        def setOptionValue(self, name, value):  # noqa: N802 - HiGHS's name
            self.last = name, value

        def run(self):
            return highspy.HighsStatus.kError

    with pytest.raises(SolverError, match="没有算成"):
        run_solver(Refusing())


def test_here_the_choice_is_solved_too():
    found = choose([{0}, {1}, {0, 1}], np.array([1.0, 1.0, 0.5]), [0, 1])
    assert (found.chosen.tolist(), found.gap) == ([2], 0.0)

"""Order shops by what they add, and find what one more, or another one, would add."""

import numpy as np

from livingcircle.lacking import Weights
from livingcircle.site_marginals import by_shop
from livingcircle.site_options import Terms
from livingcircle.siting import Wish
from livingcircle.siting import site_most
from tests.factories.siting import LAUNDRY
from tests.factories.siting import PHARMACY
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of

DOORS = [(0, 10), (300, 20), (600, 30), (1500, 40)]
SHOPS = [(2500, ["pharmacy"], {"area_m2": 30.0}), (2500, ["laundry"], {"area_m2": 30.0})]


def plan(count, *, spaces, rules=(PHARMACY,), budget=None):
    """Return the plan of a street in which people count as they are."""
    assessment = assess_street(DOORS, spaces=spaces, rules=rules, outlets=SHOPS)
    terms, weights = Terms(related=0.0), Weights(0.0, 0.0, urgency=False)
    wish = Wish(count=count, budget=budget, weights=weights, terms=terms)
    return site_most(assessment, rooms_of(assessment), wish)


def test_the_shop_that_adds_most_comes_first_with_all_its_trades():
    made = plan(2, spaces=[1500, 450], rules=(PHARMACY, LAUNDRY))
    assert made.sites.tolist() == [1, 0]
    assert made.gains.tolist() == [100.0, 80.0]
    assert made.options.candidate[made.order].tolist() == [1, 1, 0, 0]


def test_what_adds_nobody_is_left_out():
    made = plan(2, spaces=[450, 460, 1500])
    every = np.arange(len(made.options))
    order, gains = by_shop(made.options, every, len(made.options.demand))
    assert (len(order), gains.tolist()) == (2, [50.0, 40.0])


def test_one_more_shop_and_another_add_ever_less():
    made = plan(1, spaces=[450, 100, 1500])
    assert made.gains.tolist() == [50.0]
    assert made.further.tolist() == [40.0, 10.0]


def test_a_whole_shop_is_exchanged_and_the_loss_is_exact():
    made = plan(1, spaces=[450, 440, 1500], rules=(PHARMACY, LAUNDRY))
    (close,) = made.close
    assert len(close.out) == len(close.into) == 2
    assert close.loss == 0.0


def test_what_comes_instead_has_to_be_paid_for():
    rooms = [(450, {"cost": 5.0}), (440, {"cost": 50.0}), (1500, {"cost": 5.0})]
    (close,) = plan(1, spaces=rooms, budget=10.0).close
    assert close.loss == 10.0

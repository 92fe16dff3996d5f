"""Check who are neighbours, along streets and without any."""

import numpy as np

from livingcircle.neighbourhood import neighbours_by_line
from livingcircle.neighbourhood import neighbours_on_streets
from tests.engine.walks import graph_of
from tests.engine.walks import walk
from tests.factories.streets import draw_streets


def test_neighbours_without_streets_are_close_by():
    links = neighbours_by_line(np.array([[0.0, 0.0], [90.0, 0.0], [300.0, 0.0]]))
    assert links.toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_nobody_walks_in_at_one_entrance_of_a_shop_and_out_at_another():
    streets = draw_streets([(0, 0), (3000, 0)])
    doors, shops = [(100, 0), (2000, 0)], [[(150, 0), (1950, 0)]]
    network, _ = walk(streets, doors, shops)
    assert neighbours_on_streets(graph_of(network, doors, shops), 2).nnz == 0

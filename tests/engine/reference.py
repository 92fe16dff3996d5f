"""Walk slowly and plainly: the exact reference the fast engine is held against.

Every door and outlet splits the edge it stands on; then a textbook Dijkstra from each door. No
matrix, no sharing between doors, nothing clever.
"""

import heapq
import itertools
import math


def project(point, line):
    """Return (metres off the line, metres along it) for the nearest place on a polyline."""
    best = (math.inf, 0.0)
    done = 0.0
    for (ax, ay), (bx, by) in itertools.pairwise(line):
        length = math.hypot(bx - ax, by - ay)
        if length == 0:
            continue
        t = ((point[0] - ax) * (bx - ax) + (point[1] - ay) * (by - ay)) / length**2
        t = min(1.0, max(0.0, t))
        off = math.hypot(point[0] - ax - t * (bx - ax), point[1] - ay - t * (by - ay))
        best = min(best, (off, done + t * length))
        done += length
    return best


def attach(point, lines):
    """Return (line number, metres along, leg) for the nearest line."""
    found = [(project(point, line), number) for number, line in enumerate(lines)]
    (leg, along), number = min(found)
    return number, along, leg


def length_of(line):
    """Return the length of a polyline."""
    return sum(math.dist(a, b) for a, b in itertools.pairwise(line))


def walk(lines, doors, outlets, oneway=None):
    """Return the least metres from each door to any outlet; lines join at equal end points."""
    oneway = oneway or [0] * len(lines)
    where = {("d", i): attach(p, lines) for i, p in enumerate(doors)}
    where |= {("o", i): attach(p, lines) for i, p in enumerate(outlets)}
    ways = {}
    for number, line in enumerate(lines):
        stops = [(0.0, ("n", *line[0])), (length_of(line), ("n", *line[-1]))]
        stops += [(along, ("at", key)) for key, (n, along, _) in where.items() if n == number]
        stops.sort(key=lambda stop: stop[0])
        for (a, u), (b, v) in itertools.pairwise(stops):
            if oneway[number] >= 0 or a == b:
                ways.setdefault(u, []).append((v, b - a))
            if oneway[number] <= 0 or a == b:
                ways.setdefault(v, []).append((u, b - a))
    goals = {("at", ("o", i)): where["o", i][2] for i in range(len(outlets))}
    return [_search(ways, ("at", ("d", i)), where["d", i][2], goals) for i in range(len(doors))]


def _search(ways, start, leg, goals):
    """Return the least cost from a start to any goal plus the goal's own leg."""
    heap = [(leg, 0, start)]
    seen = set()
    best = math.inf
    count = 0
    while heap:
        cost, _, node = heapq.heappop(heap)
        if node in seen:
            continue
        seen.add(node)
        if node in goals:
            best = min(best, cost + goals[node])
        for other, metres in ways.get(node, ()):
            count += 1
            heapq.heappush(heap, (cost + metres, count, other))
    return best

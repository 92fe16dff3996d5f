"""Search streets plainly and slowly: the twin that every kernel is held against."""

import heapq

FAR = 1 << 30


def lengths_to(arcs, count, seeds):
    """Return the least length from every node to any of the (node, length) seeds.

    ``arcs`` are (tail, head, length) in walking direction; plain Dijkstra backwards.
    """
    into = [[] for _ in range(count)]
    for tail, head, length in arcs:
        into[head].append((tail, length))
    best = [FAR] * count
    heap = [(length, node) for node, length in seeds]
    while heap:
        length, node = heapq.heappop(heap)
        if length >= best[node]:
            continue
        best[node] = length
        for other, more in into[node]:
            if length + more < best[other]:
                heapq.heappush(heap, (length + more, other))
    return best


def steps_within(segments, exits, sources, limit, *, outward):
    """Return the unit steps (segment, from) of street within a limit of one source.

    Every segment is cut into steps of length one, and every step is walked by itself.

    ``segments`` are (tail, head, length, wait at tail, wait at head, forward, backward), ``exits``
    arcs of no length, ``sources`` (segment, along, leg) or (None, node, way).
    """
    ways = [(a, b, 0) for a, b in exits]
    starts = []
    for s, (tail, head, room, first, last, forward, backward) in enumerate(segments):
        if room == 0:
            ways += [(tail, head, first + last)] * forward + [(head, tail, first + last)] * backward
            continue
        ways += [(tail, (s, 0), first), ((s, 0), tail, first)]
        ways += [(head, (s, room), last), ((s, room), head, last)]
        ways += [((s, p), (s, p + 1), 1) for p in range(room) if forward]
        ways += [((s, p + 1), (s, p), 1) for p in range(room) if backward]
    for s, at, way in sources:
        if s is None:
            starts.append((at, way))
        elif segments[s][2] == 0:
            tail, head, _, first, last, *_ = segments[s]
            starts += [(tail, way + first), (head, way + last)]
        else:
            starts.append(((s, at), way))
    best = _lengths(ways if outward else [(b, a, w) for a, b, w in ways], starts)
    found = set()
    for s, (*_, room, _, _, forward, backward) in enumerate(segments):
        up, down = (forward, backward) if outward else (backward, forward)
        for p in range(room):
            from_low = up and best.get((s, p), FAR) + 1 <= limit
            if from_low or (down and best.get((s, p + 1), FAR) + 1 <= limit):
                found.add((s, p))
    return found


def _lengths(ways, starts):
    """Return the least length from any start, by plain Dijkstra over whatever is joined."""
    after = {}
    for a, b, way in ways:
        after.setdefault(a, []).append((b, way))
    best = {}
    heap = [(way, i, at) for i, (at, way) in enumerate(starts)]
    heapq.heapify(heap)
    count = len(heap)
    while heap:
        way, _, at = heapq.heappop(heap)
        if at in best:
            continue
        best[at] = way
        for other, more in after.get(at, ()):
            count += 1
            heapq.heappush(heap, (way + more, count, other))
    return best


def ways_of(town):
    """Return the least length of every (door, outlet) of a drawn town that any way joins.

    Its doors and outlets are (place, node, length) links, ``direct`` (door, outlet, length).
    """
    xy, arcs, doors, outlets, direct = town
    count = len(xy)
    found = {}
    for outlet in {o for o, _, _ in outlets}:
        best = lengths_to(arcs, count, [(n, w) for o, n, w in outlets if o == outlet])
        for door, node, length in doors:
            if best[node] < FAR:
                keep_less(found, (door, outlet), best[node] + length)
    for door, outlet, length in direct:
        keep_less(found, (door, outlet), length)
    return found


def keep_less(table, key, value):
    """Keep the lesser of what stands in a table and a value."""
    table[key] = min(table.get(key, value), value)


def around(pairs, wanted):
    """Look around doors plainly: counts, the nearest few, and the least way to every unit."""
    ends, needs = wanted.radii.shape
    doors = range(len(wanted.door_group))
    near = {
        (d, n): sorted((w, o) for (e, o), w in pairs.items()
                       if e == d and wanted.seen[o] and wanted.offers[o, n] and w <= wanted.limit)
        for d in doors for n in range(needs)
    }  # fmt: skip
    counts = [
        [[sum(w <= wanted.radii[e, n] for w, _ in near[d, n]) for n in range(needs)] for d in doors]
        for e in range(ends)
    ]
    own = {
        (d, n): [(w, o) for w, o in ways if wanted.door_group[d] == wanted.outlet_group[o] >= 0]
        for (d, n), ways in near.items()
    }
    nearest = [[own[d, n][: wanted.nearest] for n in range(needs)] for d in doors]
    least = []
    for unit_of in wanted.units:
        table = {}
        for (d, o), w in pairs.items():
            if wanted.seen[o] and unit_of[d] >= 0 and w <= wanted.limit:
                keep_less(table, (o, int(unit_of[d])), w)
        least.append(sorted((o, u, w) for (o, u), w in table.items()))
    return counts, nearest, least

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

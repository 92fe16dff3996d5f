"""Choose where to add outlets: covering and location models, their answers and their bounds.

``most.cover_most(instance, limits, effort)``, the most people covered within limits;
``every.cover_all(instance, need, effort, limits, by="count")``, the fewest or the cheapest that
meet every need; ``walking.walk_least(walks, count, effort)``, the least walking with capacities;
and ``close.alternatives(instance, limits, choice, most, need=None)``, the plans that were close.
"""

"""Show staff what spans the rooms: overview, maps, comparisons."""

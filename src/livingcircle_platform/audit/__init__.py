"""Keep an append-only, hash-chained account of every write."""

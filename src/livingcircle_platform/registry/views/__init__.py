"""Show the pages of the registry: parse, call, render."""

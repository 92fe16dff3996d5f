"""Draw small districts by hand, in metres, so that answers can be checked with a pencil."""

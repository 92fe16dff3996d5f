"""Load the whole platform as people do, and print how it bears it beside a bare stack."""

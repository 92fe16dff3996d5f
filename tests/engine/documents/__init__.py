"""Test the documents room: what a bureau opens, prints and signs."""

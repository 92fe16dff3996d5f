"""Take in files: upload, staged rows, read-back, accept, undo."""

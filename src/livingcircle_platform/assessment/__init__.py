"""Run the engine in the background and keep what it found."""

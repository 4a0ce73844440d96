"""What other programs read from a run, or ask it."""

"""A player at work on a board: what is on it, what was done to it, what could be (no screens in here)."""

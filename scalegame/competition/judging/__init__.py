"""Judging: designs handed in are simulated again, on seeds that nobody knows, wherever there is room."""

"""Small pictures as rows of cells (pure functions)."""

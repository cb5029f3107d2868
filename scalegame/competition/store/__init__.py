"""The one file that a competition is kept in (SQLite)."""

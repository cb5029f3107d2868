"""Working on a level while it is played: its file, and how designs scatter (no screen in here)."""

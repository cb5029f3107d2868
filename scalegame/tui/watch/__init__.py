"""A run as it is watched: computed ahead, played back, summed up, with its alerts (no screens in here)."""

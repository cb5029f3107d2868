"""Afterwards: best designs side by side, what tells them apart, how they came about, as data and as a page."""

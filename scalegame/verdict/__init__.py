"""Objectives, stars, and whether a design has won over all its seeds."""

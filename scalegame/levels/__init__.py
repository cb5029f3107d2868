"""Levels: their schema, reading them with line and column, and the catalogue of packs."""

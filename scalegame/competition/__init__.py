"""Classroom competitions: designs handed in, simulated again, compared, ranked and talked about."""

"""A competition on a network: HTTP, sessions, limits and pages around its rules."""

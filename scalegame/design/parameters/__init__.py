"""Parameters that several kinds have, or that are many: a module a topic."""

"""What competitions speak of: submissions, judgements, settings and phases (pure data)."""

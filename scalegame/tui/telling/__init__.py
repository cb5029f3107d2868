"""How things are said: figures, results, help, and screens in words."""

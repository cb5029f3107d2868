"""What a player builds: components, wires, edits, and the rules of the graph (pure data, pure functions)."""

"""What a player has done: saves and history."""

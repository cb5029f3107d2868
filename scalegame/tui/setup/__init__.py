"""What a player sets: how the game looks and which keys it takes, and what the terminal can do."""

"""What a player takes away: pictures, recordings, texts."""

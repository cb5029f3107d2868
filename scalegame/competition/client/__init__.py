"""A player's side of a competition: what was joined, what waits to be sent, and talking to the server."""

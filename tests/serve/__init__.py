"""Serve: who is coming, the one thing to do for them, and what was given away."""

"""Near service: who is coming, the one thing to do for them, notes, and comps."""

"""Plays, journeys and messages: who is written to, why not the others, and what was sent."""

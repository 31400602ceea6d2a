"""Files from outside, opened with bounded memory: what they are is told from their first bytes, never from their name."""

"""Files from outside, opened with bounded memory: what they are is told from their bytes, never from their name."""

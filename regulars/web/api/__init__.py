"""Live doors for machines: JSON in, JSON out, one error for each item that cannot be taken."""

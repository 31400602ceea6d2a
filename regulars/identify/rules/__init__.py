"""What is true of identifiers: which are one customer, and which of several decides; only the first loads SciPy."""

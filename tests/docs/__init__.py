"""The pages under docs/: their examples run."""

"""Tests of listen."""

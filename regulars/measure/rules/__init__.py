"""What is true of counts: intervals, factors, leaks and likeness as pure functions."""

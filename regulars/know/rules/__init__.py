"""What is true of a customer: pure functions of days, counts and money; `as of` is always an argument."""

"""What is true of consent, arms, quiet hours and sample sizes: pure functions."""

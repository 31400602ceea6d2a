"""What is true of points and coupons: pure functions, ``now`` is an argument."""

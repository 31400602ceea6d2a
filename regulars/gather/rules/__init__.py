"""What is true of what a file says, whoever sent it."""

"""Numbers with their formula, date, count and interval."""

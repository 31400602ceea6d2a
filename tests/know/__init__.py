"""What is known of customers: rules against published figures and oracles, tables against plain Python."""

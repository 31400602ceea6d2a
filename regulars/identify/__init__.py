"""Who is it: identifiers joined into customers, numbered once, by links that open and close."""

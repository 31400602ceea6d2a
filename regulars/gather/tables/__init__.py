"""From the columns of a file to facts: Ibis tables in, Ibis tables out, nothing executed here."""

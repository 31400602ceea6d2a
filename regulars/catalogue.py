"""Everything pluggable, by name: to add one, write one file and one line here."""

METRICS: list[str] = []

GRADES: list[str] = []

BELONGINGS: list[str] = []

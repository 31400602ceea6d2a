"""The analytical floor: the only place that knows DuckDB and Delta; it knows no Django."""

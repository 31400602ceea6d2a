"""Bulk writes, locks, spans and export: the only place that tells SQLite from PostgreSQL."""

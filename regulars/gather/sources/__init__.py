"""Exports of programs that many shops use; one file a program's export."""

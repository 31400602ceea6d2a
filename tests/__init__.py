"""The tests: they mirror the package's folders and are named by what happens."""

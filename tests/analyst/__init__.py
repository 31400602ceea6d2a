"""The analyst's door, on a small made-up brand that was imported and turned."""

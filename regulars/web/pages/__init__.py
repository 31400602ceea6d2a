"""The console's doors: one file a page, each translating a request into one reading of the desk and back."""

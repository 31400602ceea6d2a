"""The questions that may be asked, one file each."""

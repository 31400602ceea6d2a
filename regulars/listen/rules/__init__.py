"""What is true of voices: what words speak of, who is asked and when, what may be a tag."""

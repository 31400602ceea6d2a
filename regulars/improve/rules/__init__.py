"""What is true of findings: when voices are enough, how alike they are, what a tasting or a change has shown."""

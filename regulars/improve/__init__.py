"""From voices to a finding, an owner, a change, those who raised it told, and their return."""

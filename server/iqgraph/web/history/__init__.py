"""What was said before: versions, what changed between them, and the way to them by date."""

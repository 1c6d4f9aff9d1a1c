"""Pictures of what the canned questions answer, each with the same in words and as a table."""

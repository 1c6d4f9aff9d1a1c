"""What there is to fill in, and what people fill it in by: a file, questions, a schema."""

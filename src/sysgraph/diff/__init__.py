"""Two sides compared, in words, and what follows from the difference."""

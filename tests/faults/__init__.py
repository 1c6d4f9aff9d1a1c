"""Faults that people make, seeded into the real cases, with where each of them is."""

"""The life of a case: drafts, corrections, retractions, and what held when."""

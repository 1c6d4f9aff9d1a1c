"""From a situation to advice: which types are worth considering, why, and what to watch."""

"""Files to take away: linked data, and cases as tables."""

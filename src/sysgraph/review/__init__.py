"""Review: two libraries compared, in words and in consequence, with what to look at closely."""

from sysgraph.review.compare import compare, compare_sides
from sysgraph.review.report import Review

__all__ = ["Review", "compare", "compare_sides"]

"""Cases as rows of a table, in CSV and XLSX."""

from sysgraph.contribute.tables.parts import TABLES, parts_of

__all__ = ["TABLES", "parts_of"]

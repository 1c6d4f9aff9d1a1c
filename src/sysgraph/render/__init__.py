"""Answers as text, tables, CSV, JSON and Markdown; no SPARQL and no rules in here."""

from sysgraph.render.advice import advice_json, advice_markdown, advice_text
from sysgraph.render.explanation import explanation_json, explanation_markdown, explanation_text
from sysgraph.render.proof import proof_data, proof_lines, proof_provenance, statement
from sysgraph.render.rows import rows_csv, rows_json, rows_markdown
from sysgraph.render.words import clean, number, sentence

__all__ = [
    "advice_json",
    "advice_markdown",
    "advice_text",
    "clean",
    "explanation_json",
    "explanation_markdown",
    "explanation_text",
    "number",
    "proof_data",
    "proof_lines",
    "proof_provenance",
    "rows_csv",
    "rows_json",
    "rows_markdown",
    "sentence",
    "statement",
]

"""Answers as text, tables, CSV, JSON and Markdown; no SPARQL and no rules in here."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sysgraph.render.explanation import (
        explanation_json,
        explanation_markdown,
        explanation_text,
    )
    from sysgraph.render.objects import report_json
    from sysgraph.render.proof import proof_data, proof_lines, proof_provenance, statement
    from sysgraph.render.report import (
        pages_written,
        report_markdown,
        report_page,
        report_text,
    )
    from sysgraph.render.rows import rows_csv, rows_json, rows_markdown
    from sysgraph.render.words import clean, number, sentence

__all__ = [
    "clean",
    "explanation_json",
    "explanation_markdown",
    "explanation_text",
    "number",
    "pages_written",
    "proof_data",
    "proof_lines",
    "proof_provenance",
    "report_json",
    "report_markdown",
    "report_page",
    "report_text",
    "rows_csv",
    "rows_json",
    "rows_markdown",
    "sentence",
    "statement",
]

# Where those names live whose first part is not the name of their module.
_HOMES = {
    "clean": "words",
    "number": "words",
    "pages_written": "report",
    "report_json": "objects",
    "sentence": "words",
    "statement": "proof",
}


def __getattr__(name: str) -> Any:
    # Imported when first used: rows need the store's libraries, which advice does not.
    if name not in __all__:
        raise AttributeError(f"module 'sysgraph.render' has no attribute '{name}'")
    home = _HOMES.get(name, name.partition("_")[0])
    return getattr(import_module(f"sysgraph.render.{home}"), name)

"""Answers as text, Markdown, HTML and JSON; no SPARQL and no rules in here."""

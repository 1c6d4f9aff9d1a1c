"""Forms for people who write no files: made from the ontology, filled in as issues, read back."""

from sysgraph.issues.answers import Answered, fill_in, read_issue
from sysgraph.issues.form import Kind
from sysgraph.issues.github import config_text, form_text

__all__ = ["Answered", "Kind", "config_text", "fill_in", "form_text", "read_issue"]

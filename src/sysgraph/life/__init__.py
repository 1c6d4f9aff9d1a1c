"""The life of a case: drafts, corrections, what supersedes what, retractions, and its history."""

from sysgraph.life.deeds import (
    Done,
    Version,
    aside,
    former_versions,
    hanging,
    history,
    is_contributed,
    restore,
    retract,
    settle,
    shipped_parts,
)
from sysgraph.life.draft import Completeness, Missing, completeness, is_draft, waive
from sysgraph.life.past import moment_of, store_as_of
from sysgraph.life.plan import PARTS, Deed, Plan, Standing, moment_now, standing
from sysgraph.life.state import (
    ASIDE,
    COUNTS,
    DRAFT,
    RETRACTED,
    SUPERSEDED,
    State,
    history_quads,
    read_states,
)

__all__ = [
    "ASIDE",
    "COUNTS",
    "DRAFT",
    "PARTS",
    "RETRACTED",
    "SUPERSEDED",
    "Completeness",
    "Deed",
    "Done",
    "Missing",
    "Plan",
    "Standing",
    "State",
    "Version",
    "aside",
    "completeness",
    "former_versions",
    "hanging",
    "history",
    "history_quads",
    "is_contributed",
    "is_draft",
    "moment_now",
    "moment_of",
    "read_states",
    "restore",
    "retract",
    "settle",
    "shipped_parts",
    "standing",
    "store_as_of",
    "waive",
]

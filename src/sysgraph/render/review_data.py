"""A review as JSON for a machine."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from sysgraph.render.proof import proof_data
from sysgraph.review.report import Review

__all__ = ["review_data", "review_json"]


def review_json(review: Review) -> str:
    """Return a review as one JSON object; ``differs`` is the answer in short."""
    return json.dumps(review_data(review), ensure_ascii=False, indent=2) + "\n"


def review_data(review: Review) -> dict[str, Any]:
    """Return a review as what JSON can hold."""
    told = {one.name: getattr(review, one.name) for one in fields(review) if one.name != "proofs"}
    plain = {name: _plain(value) for name, value in told.items()}
    proofs = [
        {"about": one.about, "status": one.status.value, **proof_data(one.explanation)}
        for one in review.proofs
    ]
    return {"differs": not review.is_empty, **plain, "proofs": proofs}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return asdict(value)
    return dict(value) if isinstance(value, dict) else value

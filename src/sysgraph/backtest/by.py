"""What the record is grouped by; apart, for a command names it before it needs the rest."""

from enum import StrEnum

__all__ = ["By"]


class By(StrEnum):
    """What the cases may be grouped by."""

    TYPE = "type"
    REGION = "region"
    CONTRIBUTOR = "contributor"

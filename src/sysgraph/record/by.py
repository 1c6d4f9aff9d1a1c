"""What the record may be grouped by; apart, for the command line names it at every start."""

from enum import StrEnum

__all__ = ["MOST", "By"]

MOST = 500
"""The most cases that are looked at; among more, as many are drawn by the seed."""


class By(StrEnum):
    """What the cases may be grouped by."""

    TYPE = "type"
    REGION = "region"
    CONTRIBUTOR = "contributor"

"""The public record: how well advice did over the cases, each left out in its turn."""

from sysgraph.backtest.groups import By, Group
from sysgraph.backtest.run import Backtest, look_back, look_back_on, record_of, shipped_record
from sysgraph.backtest.trials import Trial, trials_of

__all__ = [
    "Backtest",
    "By",
    "Group",
    "Trial",
    "look_back",
    "look_back_on",
    "record_of",
    "shipped_record",
    "trials_of",
]

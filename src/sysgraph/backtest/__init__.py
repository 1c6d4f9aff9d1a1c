"""The public record: how well advice did over the cases, each left out in its turn."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sysgraph.backtest.by import By
    from sysgraph.backtest.groups import Group
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

_HOMES = {"By": "by", "Group": "groups", "Trial": "trials", "trials_of": "trials"}


def __getattr__(name: str) -> object:
    # Imported when first used, since the command line names this package at every start.
    if name not in __all__:
        raise AttributeError(f"module 'sysgraph.backtest' has no attribute '{name}'")
    return getattr(import_module(f"sysgraph.backtest.{_HOMES.get(name, 'run')}"), name)

"""sysgraph: which way of leading fits this system change, why, and what to watch.

>>> import sysgraph
>>> frame = sysgraph.load_frame(sysgraph.open_store())
>>> situation = sysgraph.situation_of({"agreement": "coercive"}, frame)
>>> sysgraph.advise(situation, frame).abstains
('led', 'working')
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sysgraph.advice.board import Advice, Standing, TypeAdvice, advise
    from sysgraph.advice.described import read_situations
    from sysgraph.advice.examine import Examination, Examiner
    from sysgraph.advice.frame import Frame
    from sysgraph.advice.said import load_frame
    from sysgraph.advice.situation import Situation, situation_of
    from sysgraph.check import check_files
    from sysgraph.errors import Finding, Severity, SysgraphError
    from sysgraph.frames import to_networkx, to_pandas, to_polars, to_rdflib
    from sysgraph.intake import load, remove
    from sysgraph.plots.picture import Picture
    from sysgraph.plots.shown import draw
    from sysgraph.publish.files import export
    from sysgraph.publish.parts import Part, What
    from sysgraph.query import Query, catalogue, find, run
    from sysgraph.rdf import Format
    from sysgraph.record.run import Backtest, look_back
    from sysgraph.store.local import Rows, Store
    from sysgraph.stores import open_store, prepare_store

    __version__: str

__all__ = [
    "Advice",
    "Backtest",
    "Examination",
    "Examiner",
    "Finding",
    "Format",
    "Frame",
    "Part",
    "Picture",
    "Query",
    "Rows",
    "Severity",
    "Situation",
    "Standing",
    "Store",
    "SysgraphError",
    "TypeAdvice",
    "What",
    "__version__",
    "advise",
    "catalogue",
    "check_files",
    "draw",
    "export",
    "find",
    "load",
    "load_frame",
    "look_back",
    "open_store",
    "prepare_store",
    "read_situations",
    "remove",
    "run",
    "situation_of",
    "to_networkx",
    "to_pandas",
    "to_polars",
    "to_rdflib",
]

# Where each public name lives. They are imported when first used, so that no command pays
# for libraries that it does not need.
_HOMES = {
    "advice.board": "Advice Standing TypeAdvice advise",
    "advice.described": "read_situations",
    "advice.examine": "Examination Examiner",
    "advice.frame": "Frame",
    "advice.said": "load_frame",
    "advice.situation": "Situation situation_of",
    "check": "check_files",
    "errors": "Finding Severity SysgraphError",
    "frames": "to_networkx to_pandas to_polars to_rdflib",
    "intake": "load remove",
    "plots.picture": "Picture",
    "plots.shown": "draw",
    "publish.files": "export",
    "publish.parts": "Part What",
    "query": "Query catalogue find run",
    "rdf": "Format",
    "record.run": "Backtest look_back",
    "store.local": "Rows Store",
    "stores": "open_store prepare_store",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("sysgraph")
    for module, names in _HOMES.items():
        if name in names.split():
            return getattr(import_module(f"sysgraph.{module}"), name)
    raise AttributeError(f"module 'sysgraph' has no attribute '{name}'")

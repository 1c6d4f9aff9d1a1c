"""The notebook of the documentation: kept without what it printed, and run from top to bottom."""

from typing import Any

import nbformat
import pytest

from shelf import ROOT
from sysgraph.query import find, run
from sysgraph.store.local import Store

NOTEBOOK = ROOT / "docs" / "analysis.ipynb"


def cells() -> list[Any]:
    read = nbformat.read(NOTEBOOK, nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    return [cell for cell in read.cells if cell.cell_type == "code"]


def test_the_notebook_is_kept_without_outputs() -> None:
    assert cells()
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells())


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # those of its kernel are not ours
def test_the_notebook_runs_from_a_question_to_a_plot(library: Store) -> None:
    from nbclient import NotebookClient

    read = nbformat.read(NOTEBOOK, nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    read.cells.append(nbformat.v4.new_code_cell("print(frame['cases'].sum())"))  # type: ignore[no-untyped-call]
    done = NotebookClient(read, timeout=300).execute()
    outputs = [output for cell in done.cells for output in cell.get("outputs", ())]
    shown = [output["data"] for output in outputs if "data" in output]
    assert sum("image/svg+xml" in one for one in shown) == 1
    assert sum("image/png" in one for one in shown) == 1
    rows = run(find("type-by-aim"), library).texts()
    assert outputs[-1]["text"].strip() == str(sum(int(row["cases"]) for row in rows))

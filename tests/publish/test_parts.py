"""What part of a store is asked for, and what makes no sense of it."""

import pytest

from sysgraph.errors import SysgraphError
from sysgraph.publish.parts import Part, What


@pytest.mark.parametrize("what", [What.CATALOGUE, What.QUESTIONS, What.NANOPUBLICATIONS])
def test_what_is_made_whole_has_no_other_form(what: What) -> None:
    with pytest.raises(SysgraphError, match="leave out --bare"):
        Part(what, bare=True)
    with pytest.raises(SysgraphError, match="leave out --inferred"):
        Part(what, inferred=True)


def test_a_part_of_no_case_is_of_no_case() -> None:
    with pytest.raises(SysgraphError, match="is of no case"):
        Part(What.ONTOLOGY, frozenset({"wigan-deal"}))

"""``sysgraph explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.advise import CaseOption, FacetOption, frame_of, situations_of
from sysgraph.cli.app import ProofFormat, StoreOption, refuse_beside, telling_aside, write
from sysgraph.errors import SysgraphError

if TYPE_CHECKING:
    from sysgraph.advice.frame import Frame
    from sysgraph.advice.situation import Situation
    from sysgraph.reason.explain import Explanation

FormatOption = Annotated[ProofFormat, typer.Option("--format", help="How to write the answer.")]
ProofsOption = Annotated[
    bool, typer.Option("--proofs", help="Unfold each reason to rules and asserted statements.")
]


def explain_command(
    kind: Annotated[
        str | None,
        typer.Argument(metavar="[TYPE]", help="A leadership type: its slug or its number."),
    ] = None,
    file: Annotated[
        str | None,
        typer.Argument(help="A YAML or JSON file with one situation or a list; - is stdin."),
    ] = None,
    facet: FacetOption = None,
    case: CaseOption = None,
    practice: Annotated[
        str | None,
        typer.Option(
            metavar="CASE", help="Show why the practice of a case is of the type, by definition."
        ),
    ] = None,
    statement: Annotated[
        str | None,
        typer.Option(
            metavar='"S P O"', help="Prove a statement; ? as the last word asks for all that fit."
        ),
    ] = None,
    proofs: ProofsOption = False,
    store: StoreOption = None,
    form: FormatOption = ProofFormat.TEXT,
) -> None:
    """Show why a type stands where it stands, or why a statement holds, down to sources.

    Every proof is checked by a checker that shares no code with the engine. Turtle is PROV-O.
    Exit code 1: the statement does not follow.

    \b
    Examples:
      sysgraph explain 3 --case bhavishya
      sysgraph explain externally-driven --practice bhavishya
      sysgraph explain --statement "case:bhavishya/readings/1 heightens ?"
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    if statement is not None:
        named = {"the type": kind, "the file": file, "--facet": facet, "--case": case}
        refuse_beside("--statement", named | {"--practice": practice})
    elif kind is None:
        raise SysgraphError("name a leadership type, or a statement with --statement")
    else:
        from sysgraph.advice.examine import Examiner
        from sysgraph.advice.situation import type_of

        # What stands attacked and unanswered does not count here either.
        frame = Examiner(frame_of(store)).frame
        slug = type_of(kind, frame)
        if practice is None:
            with telling_aside(store):
                situations = situations_of(file, facet, case, frame, "a file, --facet or --case")
            _write_standing(slug, situations, frame, (case, store), form, proofs=proofs)
            return
        if any((file, facet, case)):
            raise SysgraphError("--practice names a case; leave out the situation")
        statement = f"case:{practice}/practice enactsType type:{slug}"
    with telling_aside(store):
        _prove(statement, store, form)


def _write_standing(
    slug: str,
    situations: list[Situation],
    frame: Frame,
    known: tuple[str | None, str | None],
    form: ProofFormat,
    *,
    proofs: bool,
) -> None:
    """Write where a type stands; ``known`` are the case that is asked about, and its store."""
    from sysgraph.advice.board import advise
    from sysgraph.pages.objects import json_text
    from sysgraph.pages.proof import (
        explanation_data,
        explanation_markdown,
        explanation_text,
        proof_data,
        proof_provenance,
    )

    listed = [advise(situation, frame) for situation in situations]
    shown: list[list[Explanation]] = [[] for _ in listed]
    if proofs or form is ProofFormat.TURTLE:
        from sysgraph.advice.reasons import prove_reasons
        from sysgraph.stores import open_store

        case, place = known
        store = open_store(place) if case is not None else None
        shown = [[*prove_reasons(slug, one, frame, case, store)] for one in listed]
    if form is ProofFormat.TURTLE:
        write(proof_provenance([one for unfolded in shown for one in unfolded]))
        return
    if form is ProofFormat.JSON:
        found = [
            explanation_data(slug, advice)
            | ({"proofs": [proof_data(one) for one in unfolded]} if proofs else {})
            for advice, unfolded in zip(listed, shown, strict=True)
        ]
        write(json_text(found))
        return
    render = explanation_markdown if form is ProofFormat.MARKDOWN else explanation_text
    parts = []
    for advice, unfolded in zip(listed, shown, strict=True):
        title = f"{advice.situation.title}\n\n" if len(listed) > 1 else ""
        blocks = [f"\n{_shown(one, form)}\n" for one in unfolded]
        parts.append("".join((title, render(slug, advice), *blocks)))
    write("\n\n".join(parts))


def _shown(explanation: Explanation, form: ProofFormat) -> str:
    from sysgraph.pages.blocks import text_lines
    from sysgraph.pages.proof import titled_proof

    return _fenced("\n".join(text_lines(titled_proof(explanation))), form)


def _fenced(block: str, form: ProofFormat) -> str:
    return f"```\n{block}\n```" if form is ProofFormat.MARKDOWN else block


def _prove(text: str, place: str | None, form: ProofFormat) -> None:
    from sysgraph.errors import clean
    from sysgraph.pages.objects import json_text
    from sysgraph.pages.proof import proof_data, proof_provenance
    from sysgraph.reason.explain import statements_asked
    from sysgraph.stores import open_store

    explainer, wanted = statements_asked(text, lambda: open_store(place))
    shown = [explainer.explain(triple) for triple in wanted]
    held = [one for one in shown if one.proofs.found]
    if form is ProofFormat.TURTLE:
        write(proof_provenance(held))
    elif form is ProofFormat.JSON:
        write(json_text([proof_data(one) for one in shown]))
    else:
        texts = [_shown(one, form) for one in held]
        origin = explainer.origin
        if held and origin.record:
            texts.append(_fenced(clean(f"On record of {origin.place}: {origin.record}."), form))
        write("\n\n".join(texts or ["No: this does not follow from what is asserted."]) + "\n")
    if not held:
        raise typer.Exit(1)

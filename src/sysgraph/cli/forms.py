"""``sysgraph forms`` and ``sysgraph from-form``: issue forms, and what people write in them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sysgraph.cli.options import TextFormat, write
from sysgraph.errors import BadForm

if TYPE_CHECKING:
    from sysgraph.findings import Finding
    from sysgraph.issues.answers import Answered

__all__ = ["forms_command", "from_form_command"]


def forms_command(
    into: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the files here, such as .github/ISSUE_TEMPLATE."),
    ] = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How to say what was written.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Make the issue forms for GitHub from the ontology: a case, a critique, a correction.

    Every choice is taken from the ontology, so that a new value is there once this is run again.

    \b
    Example:
      sysgraph forms --into .github/ISSUE_TEMPLATE
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    import json

    from sysgraph.issues.form import Kind
    from sysgraph.issues.github import config_text, form_text
    from sysgraph.paths import data
    from sysgraph.write import write_file

    files = {f"{kind}.yml": form_text(kind, data() / "ontology") for kind in Kind}
    files["config.yml"] = config_text()
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            write_file(into / name, text.encode())
    if form is TextFormat.JSON:
        write(json.dumps(files if into is None else sorted(files), indent=2) + "\n")
    elif into is None:
        write("---\n".join(files.values()))
    else:
        write("".join(f"written: {into / name}\n" for name in files))


def from_form_command(
    file: Annotated[
        Path, typer.Argument(help="A file with the text of an issue, or with GitHub's event.")
    ],
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write cases/ID.yaml or critiques/ID.yaml below here, if sound."
        ),
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help="The day of contribution, if no event says it."
        ),
    ] = None,
    form: Annotated[TextFormat, typer.Option("--format", help="How to write the findings.")] = (
        TextFormat.TEXT
    ),
) -> None:
    """Turn a filled-in issue form into a case, a critique or a corrected case, and check it.

    Text is the YAML, with what is wrong as comments before it; Markdown is a comment for the
    issue. Exit code 1: something must be mended, and nothing is written with --into.

    \b
    Examples:
      sysgraph from-form issue.md > my-case.yaml
      sysgraph from-form "$GITHUB_EVENT_PATH" --into found --format markdown
    """  # noqa: D301 - \b is Click's mark for text that is not to be filled
    from sysgraph.contribute.limits import read_bytes
    from sysgraph.issues.answers import fill_in, read_issue
    from sysgraph.render.form import answers_text, refusal_markdown

    try:
        body, sent = read_issue(read_bytes(file), str(file))
        when = day.date() if day else sent or datetime.now(UTC).date()
        answered = fill_in(body, str(file), when)
    except BadForm as error:
        if form is TextFormat.MARKDOWN:
            write(refusal_markdown(error))
        raise
    findings, is_sound = _check(answered)
    if into is not None and is_sound:
        from sysgraph.write import write_file

        place = into / answered.place
        place.parent.mkdir(parents=True, exist_ok=True)
        write_file(place, answered.text.encode())
    write(answers_text(answered, findings, form.value))
    if not is_sound:
        raise typer.Exit(1)


def _check(answered: Answered) -> tuple[list[Finding], bool]:
    """Return what is wrong with what was written, and whether it can be taken in."""
    from tempfile import TemporaryDirectory

    from sysgraph.findings import Finding, Severity
    from sysgraph.inspection import check_files

    with TemporaryDirectory(prefix="sysgraph-") as folder:
        path = Path(folder) / f"{answered.name}.yaml"
        path.write_text(answered.text, encoding="utf-8")
        _, findings = check_files([path])
    # What fits nowhere must not be lost: it is wrong like anything else.
    findings += [Finding(message=fault, demand="no-place") for fault in answered.faults]
    return findings, not any(one.severity is Severity.VIOLATION for one in findings)

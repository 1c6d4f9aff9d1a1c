"""What is wrong with a form as it is filled in, how it can be mended, and what it would change."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from sysgraph.case.apart import unreadable
from sysgraph.case.contribution import ID
from sysgraph.case.document import read_document
from sysgraph.case.read import read_again
from sysgraph.check import Checked, check, check_shapes, is_violation
from sysgraph.diff.compare import compare_sides
from sysgraph.diff.sides import Side, files_of, lay
from sysgraph.errors import BadFile, BadFiles, SysgraphError, clean
from sysgraph.fix import repair_of
from sysgraph.forms import label_of
from sysgraph.issue import yaml_text
from sysgraph.pages.diff import consequence_sections

if TYPE_CHECKING:
    import pyoxigraph as ox

    from sysgraph.case.document import Path_
    from sysgraph.errors import Finding, Raw
    from sysgraph.pages.blocks import Section
    from sysgraph.web.filled import Filled
    from sysgraph.web.site import Site

__all__ = ["CheckedForm", "FormFault", "difference", "judge"]

_LONGEST = 300_000
"""How many characters a file may have to be checked here."""
_WAIT = 20.0
_MENDING = 3.0
"""How many seconds repairs are looked for."""
COMPARING = 20.0
"""How many seconds are spent on telling what a contribution changes."""

# One at a time: each takes a core, and others who ask for pages share it.
_checking = Lock()
_comparing = ThreadPoolExecutor(1, "comparing")


@dataclass(frozen=True, slots=True)
class FormFault:
    """A finding at its control, in the words of ``sysgraph validate``; ``mend`` mends it."""

    name: str
    label: str
    message: str
    is_violation: bool
    proof: tuple[str, ...] = ()
    mend: tuple[str, ...] | None = None
    shown: str = ""

    @property
    def mends(self) -> str:
        """Return what a button sends to mend this."""
        return f"{self.name}={chr(10).join(self.mend or ())}"


@dataclass(slots=True)
class CheckedForm:
    """All that is wrong with a form; ``is_late`` tells that some repairs were not looked for."""

    faults: list[FormFault] = field(default_factory=list)
    checked: list[Checked] = field(default_factory=list)
    is_late: bool = False

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing keeps the contribution out."""
        return not self.wrong

    @property
    def wrong(self) -> list[FormFault]:
        """Return what must be mended."""
        return [one for one in self.faults if one.is_violation]

    @property
    def advice(self) -> list[FormFault]:
        """Return what would make it better."""
        return [one for one in self.faults if not one.is_violation]

    def at(self, name: str) -> list[FormFault]:
        """Return what is wrong at a control."""
        return [one for one in self.faults if one.name == name]


def judge(filled: Filled, *, is_draft: bool = False) -> CheckedForm:
    """Return what is wrong with a form, as ``sysgraph validate`` says it of the file.

    Raises:
        SysgraphError: it is too long to be checked here, or many are being checked.
    """
    if len(filled.text) > _LONGEST:
        reason = f"it has more than {_LONGEST:,} characters; take the file away, and run"
        raise SysgraphError(f"{reason} 'sysgraph validate' on it")
    if not _checking.acquire(timeout=_WAIT):
        raise SysgraphError("many contributions are being checked; try again in a minute")
    try:
        return _judged(filled, {"draft": "true"} if is_draft else {})
    finally:
        _checking.release()


def _judged(filled: Filled, more: dict[str, str]) -> CheckedForm:
    content = yaml_text({**filled.document, **more}).encode()
    path = Path(f"{filled.name if ID.fullmatch(filled.name) else filled.kind}.yaml")
    found = CheckedForm()
    try:
        cases = read_again(content, path, filled.ontology.vocabulary)
    except (BadFile, BadFiles) as error:
        found.faults = [_fault(unreadable(one), filled, {}) for one in error.problems]
        return found
    found.checked = [check(case, filled.ontology.vocabulary) for case in cases]
    findings = [finding for one in found.checked for finding in one.findings]
    mends: dict[str, tuple[str, ...]] = {}
    if any(map(is_violation, findings)):
        mends, found.is_late = _mends(filled, content, path, findings)
    order = {name: at for at, name in enumerate(["id", *filled.by_name])}
    faults = (_fault(one, filled, mends) for one in findings)
    found.faults = sorted(faults, key=lambda one: order.get(one.name, -1))
    return found


def _mends(
    filled: Filled, content: bytes, path: Path, findings: list[Finding]
) -> tuple[dict[str, tuple[str, ...]], bool]:
    """Return what mends which control, by ``validate --fix``, and whether time was too short."""
    end = monotonic() + _MENDING

    def shapes(quads: Iterable[ox.Quad]) -> list[Raw]:
        if monotonic() > end:
            raise TimeoutError
        return check_shapes(quads)

    try:
        repair = repair_of(content, path, findings, shapes)
    except TimeoutError:
        return {}, True
    if repair is None:
        return {}, False
    return filled.changed(read_document(repair.content, str(path)).data), False


def _fault(finding: Finding, filled: Filled, mends: dict[str, tuple[str, ...]]) -> FormFault:
    name = filled.place(finding.field)
    control = filled.by_name.get(name)
    mend = mends.get(name) if is_violation(finding) else None
    options = control.options if control else {}
    return FormFault(
        name,
        label_of(_path(name)) if name else "",
        clean(finding.message),
        is_violation(finding),
        tuple(map(clean, finding.proof)),
        mend,
        clean("; ".join(options.get(one, one) for one in mend or ())),
    )


def _path(name: str) -> Path_:
    return tuple(int(step) - 1 if step.isdecimal() else step for step in name.split("."))


def difference(site: Site, checked: Iterable[Checked]) -> list[Section] | None:
    """Return what a store with a contribution would say otherwise; nothing if that takes too long.

    It is worked out for all situations that cases describe, in a thread of its own that ends by
    itself; while one works, no other begins.
    """
    cases = [one.case for one in checked]

    def compared() -> list[Section]:
        made = site.made  # that of one state of the store
        base = made.get("side")
        if not isinstance(base, Side):
            base = made["side"] = Side("this library", site.store)
        after = lay(files_of("yours", cases), base)
        return consequence_sections(compare_sides(base, after, [one.case_id for one in cases]))

    waiting = _comparing.submit(compared)
    try:
        return waiting.result(COMPARING)
    except Late:
        waiting.cancel()
        return None

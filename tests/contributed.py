"""A form for a contribution, read from its page as a browser would send it."""

from __future__ import annotations

from html.parser import HTMLParser

__all__ = ["fields_of", "filled_case", "sent_of"]


class _Fields(HTMLParser):
    """Reads what a browser sends of the form for a contribution, without its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._is_inside = False
        self._name: str | None = None
        self._text: list[str] = []
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = told.get("class") == "contribution"
        if not self._is_inside:
            return
        if tag in ("textarea", "select"):
            self._name, self._text, self._options = told["name"], [], []
        elif tag == "option":
            self._options.append((told["value"], "selected" in told))
        elif tag == "input" and (told.get("type") != "checkbox" or "checked" in told):
            self.found.append((told["name"], told.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._name is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        if tag == "textarea" and self._name is not None:
            text = "".join(self._text).removeprefix("\n")
            self.found.append((self._name, text))
            self._name = None
        if tag == "select" and self._name is not None:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            self.found.append((self._name, (chosen or [self._options[0][0]])[0]))
            self._name = None


def fields_of(page: str) -> list[tuple[str, str]]:
    """Return each control of the form with what it sends."""
    reader = _Fields()
    reader.feed(page)
    return reader.found


def sent_of(page: str) -> dict[str, list[str]]:
    """Return what a browser sends of the form, ready to be sent."""
    found: dict[str, list[str]] = {}
    for name, value in fields_of(page):
        found.setdefault(name, []).append(value)
    return found


def filled_case(**changed: str) -> dict[str, list[str]]:
    """Return what a sound case sends; ``changed`` are controls without dots in their names."""
    told = {
        "id": "the-park",
        "title": "The park",
        "summary": "Neighbours and a council made a park out of a car park.",
        "countries": "GB",
        "place": "Hill Street",
        "scale": "local",
        "start": "2001",
        "end": "2005",
        "sectors": "parks",
        "driver": "Neighbours",
        "authority": "The council",
        "aims": "shared-purpose",
        "confidence": "medium",
        "practice.primary": "facilitative",
        "practice.why": "Meetings were chaired in turn.",
        "readings.1.standpoint": "general",
        "readings.1.facets.stakes.value": "safe-to-fail",
        "readings.1.facets.stakes.confidence": "medium",
        "readings.1.facets.stakes.why": "A park can be dug up again.",
        "readings.2.standpoint": "those affected",
        "readings.2.facets.stakes.value": "safe-to-fail",
        "readings.2.facets.stakes.confidence": "medium",
        "readings.2.facets.stakes.why": "Nobody would have been worse off.",
        "citations.1.authors": "Doe J",
        "citations.1.title": "A park",
        "citations.1.year": "2006",
        "citations.1.url": "https://example.org/park",
        "citations.1.read": "true",
        "contributor.name": "Jo Doe",
        "contributed": "2026-11-01",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
    }
    for test in ("led", "working"):
        told[f"outcome.{test}.judgement"] = "mixed"
        told[f"outcome.{test}.why"] = "Told in one paper."
        told[f"outcome.{test}.judged"] = "2006"
        told[f"outcome.{test}.independent"] = "yes"
    return {name: [value] for name, value in (told | changed).items()}

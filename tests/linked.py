"""A plain case as JSON-LD, for libraries that know the standard: an id on every part."""

from typing import Any

from sysgraph.case.compile import address_of
from sysgraph.case.document import Plain
from sysgraph.characters import tidy
from sysgraph.context import ContextKey
from sysgraph.vocabulary import Vocabulary, choices


def linked(
    case: dict[str, Plain], iri: str, vocabulary: Vocabulary, kind: str = "CaseStudy"
) -> dict[str, Any]:
    """Return a case with the id of each part, which is its path; what is not known is left out."""
    prefixes = vocabulary.prefixes

    def part(data: dict[str, Any], keys: dict[str, ContextKey], base: str) -> dict[str, Any]:
        return {name: value(data[name], keys[name], f"{base}/{name}") for name in data}

    def value(written: Any, key: ContextKey, base: str) -> Any:
        if isinstance(written, list):
            several = [value(one, key, f"{base}/{n}") for n, one in enumerate(written, 1)]
            return [one for one in several if one != []]
        if key.keys:
            return ({} if key.is_group else {"id": base}) | part(written, key.keys, base)
        if key.kind == "@id" and address_of(written, prefixes, key.base) is None:
            return []
        if key.kind == "@vocab" and written not in choices(vocabulary, key.base):
            return []
        return tidy(written)

    body = {name: said for name, said in case.items() if name not in ("id", "kind")}
    return {"id": iri, "type": kind, **part(body, vocabulary.keys, iri)}

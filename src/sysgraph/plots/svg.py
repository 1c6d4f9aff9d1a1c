"""What matplotlib draws as SVG, made fit to stand within a page under a strict policy."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

__all__ = ["tidy"]

_SVG = "http://www.w3.org/2000/svg"
_FONTS = "'DejaVu Sans', Verdana, sans-serif"
"""Letters as wide as those that the picture was laid out with, where they are installed."""
_ROUND = re.compile(r"(\.\d\d)\d+")


def tidy(drawn: bytes, name: str, title: str, description: str) -> str:
    """Return a picture whose looks are attributes, with its title and what it shows in words.

    A policy of ``style-src 'self'`` refuses style sheets and style attributes within a page, and
    lets such attributes be. Names of parts begin with the name of the picture, so that two of
    them can stand on one page.
    """
    ET.register_namespace("", _SVG)
    root = ET.fromstring(drawn)
    used = set(re.findall(r"#(\w+)", b"".join(re.findall(rb"url\(#\w+\)", drawn)).decode()))
    for element in root.iter():
        _settle(element, used, name)
    _empty(root)
    text = {"title": title, "desc": description}
    for at, (tag, said) in enumerate(text.items()):
        told = ET.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{tag}"})
        told.text = said
        root.insert(at, told)
    root.attrib |= {
        "role": "img",
        "aria-labelledby": f"{name}-title",
        "aria-describedby": f"{name}-desc",
        "font-family": _FONTS,
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
    return ET.tostring(root, encoding="unicode") + "\n"


def _settle(element: ET.Element, used: set[str], name: str) -> None:
    """Give an element attributes in place of its style, and no name that nobody uses."""
    for part in element.attrib.pop("style", "").split(";"):
        key, _, value = part.partition(":")
        if value and key.strip() != "font-family":
            element.set(key.strip(), value.strip())
    identity = element.attrib.pop("id", "")
    if identity in used:
        element.set("id", f"{name}-{identity}")
    for key, value in element.attrib.items():
        if value.startswith("url(#"):
            element.set(key, value.replace("url(#", f"url(#{name}-"))
    if re.match(r"rotate\(-?0 ", element.get("transform", "")):
        del element.attrib["transform"]
    if "d" in element.attrib:
        element.set("d", _ROUND.sub(r"\1", " ".join(element.attrib["d"].split())))


def _empty(parent: ET.Element) -> None:
    """Take out what says nothing: style sheets, metadata, white space, and groups without a say."""
    kept: list[ET.Element] = []
    for child in list(parent):
        _empty(child)
        tag = child.tag.removeprefix(f"{{{_SVG}}}")
        child.tail = None
        if tag != "text":
            child.text = None
        if tag in ("style", "metadata") or (tag == "defs" and not len(child)):
            continue
        kept += list(child) if tag == "g" and not child.attrib else [child]
    parent[:] = kept

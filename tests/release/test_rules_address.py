"""The rules of the address, as texts."""

from importlib.resources import files

import pytest
from hatchling.builders.wheel import WheelBuilder

from shelf import ROOT
from sysgraph.errors import SysgraphError
from sysgraph.release.rules import rules


@pytest.mark.parametrize("url", ["ftp://a.example/", "//a.example/", "https://a.example/?x", "x"])
def test_an_address_that_no_release_can_have_is_refused(url: str) -> None:
    with pytest.raises(SysgraphError, match=r"--url .*: write it as https://"):
        rules(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/ b",
        'https://a.example/"',
        "https://a b/",
        "https://a.example/(x)",
        "https://[::1/",
        "https://a.example/$x",
        "https://me@a.example/",
    ],
)
def test_an_address_that_would_end_a_line_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(SysgraphError):
        rules(url)


def test_what_an_owner_has_to_change_is_told_in_each_file() -> None:
    told, untold = rules("https://a.example/b/"), rules("")
    for path, text in untold.items():
        assert "TO CHANGE" in text, path
        assert "without --url" in text or "sysgraph.example" in text, path
    assert "https://a.example/b/%{ENV:thing}" in told["rules/w3id.htaccess"]
    assert "TO CHANGE" not in told[".htaccess"]
    assert "ErrorDocument 404 /b/404.html" in told[".htaccess"]


def test_the_texts_that_rules_are_made_of_go_into_the_wheel() -> None:
    packed = {one.distribution_path for one in WheelBuilder(str(ROOT)).recurse_included_files()}
    texts = files("sysgraph.release") / "servers"
    assert {f"sysgraph/release/servers/{one.name}" for one in texts.iterdir()} <= packed
    assert "sysgraph/release/scripts/lost.css" in packed

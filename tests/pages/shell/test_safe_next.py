"""After signing in or choosing a language the browser stays on this site (FLK-05, S-27)."""

import pytest

from tickets.web.shell.safe_next import safe_next

FALLBACK = "/"

ELSEWHERE = [
    "",
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/%2Fevil.example",
    "/%2fevil.example",
    "/%252Fevil.example",
    "/%5Cevil.example",
    "/%5c%5cevil.example",
    "/%255Cevil.example",
    "%2F%2Fevil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/%09/evil.example",
    "/%0d%0aSet-Cookie:%20a=b",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "http:/evil.example",
    "http:evil.example",
    "evil.example",
    "./complaints/",
    "/\x00/evil.example",
    "/" + "a" * 2000,
]

HERE = [
    "/",
    "/complaints/",
    "/complaints/?q=138%200013&sort=-due",
    "/complaints/?q=a%2Fb%5Cc",
    "/complaints/?next=https://evil.example/",
    "/complaints/Q4K792M18#entry-3",
    "/complaints/投诉",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_what_could_lead_elsewhere_is_not_followed(target: str) -> None:
    assert safe_next(target, FALLBACK) == FALLBACK


def test_nothing_asked_for_is_the_fallback() -> None:
    assert safe_next(None, FALLBACK) == FALLBACK


@pytest.mark.parametrize("target", HERE)
def test_a_path_of_this_site_is_followed(target: str) -> None:
    assert safe_next(target, FALLBACK) == target

"""What every answer carries, whatever happened (S-32)."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:|hx-on|\bhx-vals=.js:", re.I
)


@pytest.mark.parametrize("path", ["/login", "/healthz", "/nothing-here", "/static/shouwen.css"])
def test_every_answer_forbids_what_is_inline_framed_or_sniffed(
    client: FlaskClient, path: str
) -> None:
    with client.get(path) as answer:
        headers = answer.headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_pages_are_not_kept_by_a_shared_browser(client: FlaskClient) -> None:
    assert client.get("/login").headers["Cache-Control"] == "no-store"


def test_a_file_asked_for_with_its_digest_is_kept(client: FlaskClient) -> None:
    with client.get("/static/vendor/htmx/htmx.min.js?v=abc") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_file_asked_for_without_digest_is_asked_for_anew(client: FlaskClient) -> None:
    with client.get("/static/shouwen.css") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"


def test_a_missing_file_is_not_kept(client: FlaskClient) -> None:
    assert client.get("/static/none.css?v=abc").headers["Cache-Control"] == "no-cache"


def test_https_is_remembered_by_the_browser_only_over_https(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers

    secure = client.get("/healthz", base_url="https://localhost")

    assert "max-age=" in secure.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_has_what_the_policy_forbids(path: Path) -> None:
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []

"""What surrounds every page: navigation, and the choices a person makes about looks and keys."""

import hashlib
from collections.abc import Container
from functools import lru_cache
from pathlib import Path

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from tickets.database import db
from tickets.web.shell import labels, languages, looks, moments, money, navigation, said
from tickets.web.shell.links import url_with
from tickets.web.shell.safe_next import safe_next
from tickets.web.shell.viewer import viewer

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
SHORTCUTS = {"on": True, "off": False}
# Addresses that do not change; people have them as bookmarks.
HOME = "/"
SEARCH = "/complaints/"
ONE_YEAR = 365 * 24 * 3600
GLOBALS = (
    labels.label_of,
    said.rule_in_words,
    labels.status_label,
    labels.order_status_label,
    labels.level_label,
    labels.severity_label,
    labels.channel_label,
    labels.outcome_label,
    labels.role_label,
    labels.tier_label,
    labels.name_in,
    looks.look_of,
    looks.tier_look,
    looks.level_look,
    moments.stamp,
    moments.machine_stamp,
    moments.remaining,
    moments.is_past,
    money.money,
    languages.html_language,
)

blueprint = Blueprint("shell", __name__)


def init_app(app: Flask) -> None:
    app.context_processor(_surroundings)
    for function in (*GLOBALS, asset, here):
        app.add_template_global(function)


def _surroundings() -> dict[str, object]:
    person = viewer()
    return {
        "viewer": person,
        "navigation": navigation.navigation(person),
        "home_url": HOME,
        "search_url": SEARCH,
        "account_url": url_for("auth.account") if person else None,
        "languages": languages.LANGUAGES,
        "language": languages.chosen_language(),
        "themes": THEMES,
        "theme": _theme(),
        "shortcuts": "on" if person is None or person.shortcuts else "off",
        "here_path": request.full_path.rstrip("?") if request.method == "GET" else request.path,
    }


def _theme() -> str:
    person = viewer()
    theme = person.theme if person else request.cookies.get(THEME_COOKIE, "")
    return theme if theme in THEMES else "auto"


@blueprint.post("/language")
def language() -> ResponseReturnValue:
    """Keep the language for the person, and for this browser when it is signed out again."""
    code = _one_of(languages.LANGUAGES)
    person = viewer()
    if person is not None:
        person.language = code
        db.session.commit()
    return _remember(_back(), languages.COOKIE, code)


@blueprint.post("/theme")
def theme() -> ResponseReturnValue:
    chosen = _one_of(THEMES)
    person = viewer()
    if person is not None:
        person.theme = chosen
        db.session.commit()
    return _remember(_back(), THEME_COOKIE, chosen)


@blueprint.post("/keys")
def keys() -> ResponseReturnValue:
    """Switch the shortcuts on or off; a signed-out page has none."""
    chosen = _one_of(SHORTCUTS)
    person = viewer()
    if person is None:
        abort(403)
    person.shortcuts = SHORTCUTS[chosen]
    db.session.commit()
    return _back()


def _one_of(known: Container[str]) -> str:
    chosen = request.form.get("value", "")
    if chosen not in known:
        abort(400)
    return chosen


def _back() -> AnyResponse:
    return redirect(safe_next(request.form.get("next"), HOME), code=303)


def _remember(answer: AnyResponse, name: str, value: str) -> Response:
    response = make_response(answer)
    response.set_cookie(
        name,
        value,
        max_age=ONE_YEAR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def asset(filename: str) -> str:
    """The address of a static file with a digest of its content, so that it may be kept."""
    path = Path(current_app.static_folder or "") / filename
    return url_for("static", filename=filename, v=_digest(path, path.stat().st_mtime_ns))


@lru_cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def here(**changes: str | int | None) -> str:
    """This page's address with some of its query changed; None takes a parameter away."""
    query: dict[str, object] = {**request.args.to_dict(flat=False), **changes}
    kept = {name: value for name, value in query.items() if value is not None}
    return url_with(request.endpoint or "", {**(request.view_args or {}), **kept})

"""The language, and the time zone, in which a page is written."""

from collections.abc import Iterable
from functools import lru_cache

from babel.support import NullTranslations, Translations
from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel, get_locale
from wtforms.i18n import messages_path

from tickets.web.shell.viewer import viewer

# Stored code → the name in its own language, and the tag for HTML.
LANGUAGES = {"zh_Hans": "简体中文", "zh_Hant": "繁體中文", "en": "English"}
HTML_TAGS = {"zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant", "en": "en"}
FALLBACK = "en"
COOKIE = "language"

# Browsers ask by region, we write by script; the stock negotiation answers English to "zh-CN, en".
# First match wins, on the tag or its beginning.
ALIASES = (
    ("zh-hant", "zh_Hant"),
    ("zh-hans", "zh_Hans"),
    ("zh-tw", "zh_Hant"),
    ("zh-hk", "zh_Hant"),
    ("zh-mo", "zh_Hant"),
    ("zh", "zh_Hans"),
    ("en", "en"),
)
# WTForms brings its own messages under other names.
WTFORMS_NAMES = {"zh_Hans": "zh", "zh_Hant": "zh_TW"}

babel = Babel()


def init_app(app: Flask) -> None:
    app.config.setdefault("BABEL_DEFAULT_LOCALE", FALLBACK)
    babel.init_app(app, locale_selector=chosen_language, timezone_selector=chosen_timezone)
    app.before_request(_translate_wtforms)


def chosen_language() -> str:
    """The person's own choice, then this browser's, then what the browser asks for."""
    if not has_request_context():
        return FALLBACK
    person = viewer()
    if person is not None and person.language in LANGUAGES:
        return person.language
    kept = request.cookies.get(COOKIE, "")
    return kept if kept in LANGUAGES else negotiated(request.accept_languages.values())


def negotiated(wanted: Iterable[str]) -> str:
    """Our language for the browser's tags, given best first."""
    for tag in wanted:
        known = known_language(tag)
        if known:
            return known
    return FALLBACK


def known_language(tag: str) -> str | None:
    """Our code for a language tag such as `zh-HK`, or None when we do not speak it."""
    plain = tag.lower().replace("_", "-")
    for beginning, code in ALIASES:
        if plain == beginning or plain.startswith(beginning + "-"):
            return code
    return None


def chosen_timezone() -> str:
    """The operator's zone: everybody on one desk reads the same clock."""
    return current_app.config["BABEL_DEFAULT_TIMEZONE"]


def html_language() -> str:
    return HTML_TAGS.get(str(get_locale()), FALLBACK)


def _translate_wtforms() -> None:
    """Flask-WTF looks for WTForms' catalogue under our names, finds none, and stays English."""
    if request.endpoint != "static":
        request.wtforms_translations = _wtforms_catalogue(  # type: ignore[attr-defined]  # Flask-WTF reads it from there
            WTFORMS_NAMES.get(str(get_locale()), FALLBACK)
        )


@lru_cache
def _wtforms_catalogue(name: str) -> Translations | NullTranslations:
    return Translations.load(messages_path(), [name], domain="wtforms")

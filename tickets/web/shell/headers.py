"""Headers that every answer carries: what the page may load, who may frame it, who may keep it."""

from http import HTTPStatus

from flask import Flask, Response, request

# Everything from this site alone, nothing inline; data: images are the kit's own little arrows.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ONE_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR}")
    if request.endpoint == "static":
        response.headers["Cache-Control"] = _how_long(response)
    else:
        # Pages hold customers' names and form tokens; shared desks have shared browsers.
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _how_long(response: Response) -> str:
    """A file asked for with its digest (`asset()`) never changes; any other is asked for anew."""
    if response.status_code < HTTPStatus.BAD_REQUEST and request.query_string:
        return f"public, max-age={ONE_YEAR}, immutable"
    return "no-cache"

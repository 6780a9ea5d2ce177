"""Where a page may send the browser next: only somewhere on this site (FLK-05, S-27)."""

from urllib.parse import unquote, urlsplit

LONGEST = 2000
# Encoded once, twice, three times: whoever decodes along the way must not find a host either.
LAYERS = 3


def safe_next(target: str | None, fallback: str) -> str:
    """The target when it is a path on this site, otherwise the fallback."""
    if target and is_local_path(target):
        return target
    return fallback


def is_local_path(target: str) -> bool:
    """Whether a browser, given this as a Location, can only stay on the same host.

    Accepted is a path beginning with exactly one slash; no scheme, no host, no backslash and no
    control character (browsers drop tabs and line breaks, and read backslashes as slashes).
    """
    if len(target) > LONGEST or _has_tricks(target):
        return False
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return False
    path = target.partition("?")[0].partition("#")[0]
    return all(_begins_with_one_slash(layer) for layer in _layers(path))


def _layers(path: str) -> list[str]:
    layers = [path]
    for _ in range(LAYERS):
        layers.append(unquote(layers[-1]))
    return layers


def _begins_with_one_slash(path: str) -> bool:
    return path.startswith("/") and not path.startswith("//") and not _has_tricks(path)


def _has_tricks(text: str) -> bool:
    return any(sign == "\\" or sign < " " or sign == "\x7f" for sign in text)

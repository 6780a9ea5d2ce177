"""Is every sentence translated? `python -m tools.translations`, part of `make check`."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "zh_Hans", "zh_Hant")
SOURCE_LANGUAGE = "en"  # the sentences in the code are English already
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "_l": None, "lazy_gettext": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def sentences() -> dict[str, str]:
    """Every sentence in the code with the place where it stands."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=_is_ours)
    return {_first(message): f"{path}:{line}" for path, line, message, _comments, _context in found}


def _is_ours(folder: str) -> bool:
    return not Path(folder).name.startswith((".", "__"))


def _first(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def problems() -> Iterator[str]:
    needed = sentences()
    for language in LANGUAGES:
        path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
        if not path.exists():
            yield f"{language}: no catalogue"
            continue
        with path.open("rb") as file:
            yield from _problems_of(language, read_po(file, locale=language), needed)


def _problems_of(language: str, catalogue: Catalog, needed: dict[str, str]) -> Iterator[str]:
    for sentence, place in needed.items():
        message = catalogue.get(sentence)
        if message is None:
            yield f"{language}: {place}: not in the catalogue: {sentence!r}"
        elif message.fuzzy:
            yield f"{language}: {place}: only a guess: {sentence!r}"
        elif not any(_strings(message)) and language != SOURCE_LANGUAGE:
            yield f"{language}: {place}: not translated: {sentence!r}"
        elif _placeholders_differ(message):
            yield f"{language}: {place}: other placeholders than the sentence: {sentence!r}"


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _placeholders_differ(message: Message) -> bool:
    """A plural may leave a placeholder out ("one complaint"), a plain sentence may not."""
    if isinstance(message.id, str):
        needed = set(PLACEHOLDER.findall(message.id))
        return any(set(PLACEHOLDER.findall(one)) != needed for one in _strings(message) if one)
    allowed = set(PLACEHOLDER.findall(" ".join(message.id)))
    return any(set(PLACEHOLDER.findall(one)) - allowed for one in _strings(message))


def main() -> int:
    found = list(problems())
    for problem in found:
        print(problem)
    if found:
        print(f"{len(found)} to do; collect new sentences with: make i18n", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""Effects taken out of their rows, one at a time."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.without_effect import Key, all_places
from tools.mutants.running import ROOT, Verdict, verdict

TABLE = ROOT / "tests" / "effects_killed.json"
SCENES = "tests/services/actions/test_what_follows.py"
SEARCHED = (
    *("tests/services/actions", "tests/services/clocks", "tests/services/messages"),
    *("tests/services/sweep", "tests/rules/clocks"),
)
"""Tests of behaviour; those of tests/rules/actions repeat the table and would notice anything."""
CHOSEN = "not postgresql and not walk and not chaos"


def named() -> dict[str, str]:
    """The test that notices each, by `event|status|effect`."""
    known: dict[str, str] = json.loads(TABLE.read_text("utf-8")) if TABLE.exists() else {}
    return known


def spelt(key: Key) -> str:
    return "|".join(key)


def check(keys: Iterable[Key]) -> Mapping[str, Verdict]:
    """Take each out and run the test that is named for it."""
    known = named()
    found: dict[str, Verdict] = {}
    for key in keys:
        name = spelt(key)
        test = known.get(name, "")
        found[name] = _without(key, (test,)) if test else Verdict(False)
        print("ok  " if found[name].noticed else "LEFT", name, test, flush=True)
    return found


def find(keys: Iterable[Key]) -> None:
    """Look for a test of each that has none, and write it into the table."""
    known = named()
    for key in keys:
        name = spelt(key)
        if known.get(name):
            continue
        found = _without(key, (SCENES, "-k", f"not postgresql and {key[0]}"))
        if not found.noticed:
            found = _without(key, (*SEARCHED, "-k", CHOSEN))
        print("ok  " if found.noticed else "LEFT", name, found.by, flush=True)
        if found.noticed:
            known[name] = found.by
            _write(known)


def _without(key: Key, tests: Iterable[str]) -> Verdict:
    return verdict(tuple(tests), env={"WITHOUT_EFFECT": spelt(key)})


def _write(known: Mapping[str, str]) -> None:
    text = json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False)
    Path(TABLE).write_text(text + "\n", "utf-8")


def every() -> list[Key]:
    return list(dict.fromkeys(all_places()))

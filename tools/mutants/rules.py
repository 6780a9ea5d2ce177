"""Faults planted in the rules, and how many of them the tests notice."""

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.mutants.faults import Fault, faults
from tools.mutants.running import ROOT, verdict

NO_BEHAVIOUR = {"__init__.py", "words.py", "sentences.py", "values.py", "effects.py", "asks.py"}
"""Codes, sentences and shapes: there is nothing in them to get wrong but a word."""
TESTS = ("tests/rules", "--deselect", "tests/rules/house", "-n", "0")
BESIDE = (
    *("tests/services/actions", "tests/services/intake", "tests/services/quality"),
    *("tests/services/sweep", "-k", "not postgresql and not walk and not by_hand"),
)
"""Where the rules' own tests noticed nothing, the desk's are asked."""
OTHERS = {
    "tickets/visibility.py": ("tests/services/complaints", "tests/pages/complaints"),
    "tickets/messages/outbox.py": ("tests/services/delivery", "tests/services/messages"),
    "tickets/models/guards.py": ("tests/services/actions/test_closing_by_hand.py",),
    "tickets/models/closing_guards.py": (
        "tests/services/actions/test_four_eyes_by_hand.py",
        "tests/services/actions/test_closing_by_hand.py",
    ),
}


@dataclass(frozen=True)
class Score:
    """Of one file: how many faults were planted, and which nobody noticed."""

    file: str
    planted: int
    left: Sequence[Fault]


def planted(sample: int, seed: int) -> list[Fault]:
    """That many faults at random, as many as there are if there are fewer."""
    files = [*sorted((ROOT / "workflow").glob("*.py")), *(ROOT / name for name in OTHERS)]
    every = [
        fault
        for path in files
        if path.name not in NO_BEHAVIOUR
        for fault in faults(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    ]
    dice = random.Random(seed)
    return dice.sample(every, min(sample, len(every)))


def judge(chosen: Sequence[Fault], workers: int) -> list[Score]:
    """Plant each in a copy of the tree and run the tests."""
    with tempfile.TemporaryDirectory() as folder:
        trees = [_copy(Path(folder) / str(number)) for number in range(workers)]
        shares = [chosen[number::workers] for number in range(workers)]
        with ThreadPoolExecutor(workers) as pool:
            results = [each for found in pool.map(_share, trees, shares) for each in found]
    counted = Counter(fault.file for fault, _noticed in results)
    left = [fault for fault, noticed in results if not noticed]
    return [
        Score(file, number, [each for each in left if each.file == file])
        for file, number in sorted(counted.items())
    ]


def _copy(tree: Path) -> Path:
    ignored = shutil.ignore_patterns(".git", ".venv", "instance", "__pycache__", ".mypy_cache")
    shutil.copytree(ROOT, tree, ignore=ignored, symlinks=True)
    return tree


def _share(tree: Path, share: Sequence[Fault]) -> list[tuple[Fault, bool]]:
    return [(fault, _is_noticed(tree, fault)) for fault in share]


def _is_noticed(tree: Path, fault: Fault) -> bool:
    path = tree / fault.file
    before = path.read_text("utf-8")
    path.write_text(fault.source, "utf-8")
    try:
        if fault.file in OTHERS:
            noticed = verdict((*OTHERS[fault.file], "-k", "not postgresql"), root=tree).noticed
        else:
            noticed = verdict(TESTS, root=tree).noticed or verdict(BESIDE, root=tree).noticed
    finally:
        path.write_text(before, "utf-8")
    print("ok  " if noticed else "LEFT", f"{fault.file}:{fault.line}", fault.what, flush=True)
    return noticed

"""Running tests against a mutant, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOO_LONG = 600
"""Seconds after which a mutant counts as noticed: it made something endless."""


@dataclass(frozen=True)
class Verdict:
    """Whether a test failed, and which was the first to."""

    noticed: bool
    by: str = ""


def verdict(tests: Sequence[str], *, root: Path = ROOT, env: Mapping[str, str] = {}) -> Verdict:
    """Run the tests up to the first failure."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    if env:
        command += ["-p", "tests.without_effect"]
    try:
        run = subprocess.run(
            [*command, *tests],
            cwd=root,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            check=False,
            timeout=TOO_LONG,
        )
    except subprocess.TimeoutExpired:
        return Verdict(True, "endless")
    if run.returncode not in (0, 1, 2, 5):
        raise RuntimeError(run.stdout[-2000:] + run.stderr[-2000:])
    return Verdict(run.returncode in (1, 2), first_failure(run.stdout))


def first_failure(output: str) -> str:
    """The id of the first test that failed, from pytest's summary."""
    for line in output.splitlines():
        if line.startswith(("FAILED ", "ERROR ")):
            return line.split(" ", 1)[1].split(" - ", 1)[0]
    return ""

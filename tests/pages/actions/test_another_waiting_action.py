"""A second waiting action is one row: clocks, sweep, facts and pages follow it by themselves."""

import subprocess
import sys

from tests.rules.house.test_house import ROOT

TESTS = "tests/pages/actions/another_waiting.py"


def test_everything_follows_a_row_that_was_added() -> None:
    """In a process of its own, because tables are read when the application is loaded."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.one_more_row", TESTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout
    assert "5 passed" in run.stdout

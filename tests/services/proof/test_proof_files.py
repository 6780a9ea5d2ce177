"""Proof for whoever has nothing of ours: it holds, and fails for anything that was changed."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.anchoring import DAY, Daily, daily, desk, key, sent
from tests.databases import Database

TOOL = Path(__file__).resolve().parents[3] / "tools" / "verify_proof.py"
_ = (daily, desk, key)


def proof(database: Database, number: str) -> dict[str, Any]:
    result = database.app.test_cli_runner().invoke(args=["audit", "proof", number])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def check(tmp_path: Path, found: dict[str, Any], *arguments: str) -> tuple[int, str]:
    """By the tool alone: isolated, with nothing of ours to import."""
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    ran = subprocess.run(
        [sys.executable, "-I", str(TOOL), str(path), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_a_proof_is_checked_without_anything_of_ours(
    database: Database, desk: list[str], daily: Daily, key: str, now: datetime, tmp_path: Path
) -> None:
    line = daily(now + DAY)

    for number in desk:
        found = proof(database, number)
        assert check(tmp_path, found, "--key", key)[0] == 0
        status, said = check(tmp_path, found, "--anchors", sent(tmp_path, line))
        assert (status, f"Proven: complaint {number}" in said) == (0, True), said
    assert check(tmp_path, found)[0] == 2, "a proof proves nothing against itself"


def test_a_proof_fails_for_anything_that_was_changed(
    database: Database, desk: list[str], daily: Daily, key: str, now: datetime, tmp_path: Path
) -> None:
    line = daily(now + DAY)
    found = proof(database, desk[0])
    changed = list(_changed(found))
    tool = _the_tool()

    assert tool.check(found, [line.body], key)["number"] == 1
    assert len(changed) > 200
    for place, other in changed:
        with pytest.raises(_broken(tool)):
            tool.check(other, [line.body], key)
            pytest.fail(f"{place} may be changed")


def test_the_tool_needs_python_and_cryptography_only() -> None:
    needed = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(TOOL.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert needed - set(sys.stdlib_module_names) == {"cryptography"}


def _the_tool() -> Any:
    room: dict[str, Any] = {"__name__": "verify_proof"}
    exec(compile(TOOL.read_text("utf-8"), str(TOOL), "exec"), room)
    return SimpleNamespace(**room)


def _broken(tool: Any) -> tuple[type[Exception], ...]:
    return (tool.Wrong, ValueError, KeyError, TypeError, AttributeError)


def _changed(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The proof with one thing changed, each thing in turn."""
    for place in _places(found):
        other = json.loads(json.dumps(found))
        *way, last = place
        inside = other
        for step in way:
            inside = inside[step]
        inside[last] = _spoilt(inside[last])
        yield str(place), other
        if not way or isinstance(inside, dict):
            del inside[last]
            yield f"{place} taken away", other


def _places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside: Any = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for name, each in inside:
        yield (*way, name)
        yield from _places(each, (*way, name))


def _spoilt(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return 1 if value is None else not value
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1")
    if isinstance(value, int):
        return value + 1
    return None

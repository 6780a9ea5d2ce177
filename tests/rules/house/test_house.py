"""House rules that a machine can keep: who imports whom, who commits, who asks the clock."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PRODUCT = ("app.py", "production.py", "workflow", "tickets")
EDGES = ("app", "production", "tickets.web", "tickets.api", "tickets.delivery", "tickets.cli")
EDGES += ("tickets.commands", "tickets.workers")
# What everything in tickets/ stands on; the only modules besides the edges that may know Flask.
GROUND = ("tickets.config", "tickets.database", "tickets.clock", "tickets.log")
GROUND += ("tickets.operation.schema", "tickets.operation.serving")

# Who may write `….status = …`: the machine does it for everybody else.
ASSIGNS_STATUS: frozenset[str] = frozenset({"workflow/machine.py"})

FORBIDDEN_NAMES = {"utils.py", "util.py", "helpers.py", "helper.py", "manager.py", "common.py"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
CLOCKS |= {("time", "time")}


def files(*places: str) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def shown(path: Path, node: ast.AST | None = None) -> str:
    place = path.relative_to(ROOT).as_posix()
    return f"{place}:{getattr(node, 'lineno', 1)}" if node else place


def module_of(path: Path) -> str:
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    return name.removesuffix(".__init__")


def within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def imports(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    """Every module that is imported; `from a import b` counts as a and as a.b."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            base = node.module or ""
            yield base, node
            yield from ((f"{base}.{alias.name}", node) for alias in node.names)


def layer(module: str) -> int:
    """0 workflow, 1 ground, 2 models, 3 verbs, 4 edges; imports go downwards or stay level."""
    if within(module, ("workflow",)):
        return 0
    if within(module, EDGES):
        return 4
    if within(module, GROUND):
        return 1
    return 2 if within(module, ("tickets.models",)) else 3


def is_ours(module: str) -> bool:
    return within(module, ("app", "production", "tickets", "workflow", "tests", "bench", "tools"))


# The readiness of a database asks one table what the database is.
UPWARD_ON_PURPOSE = {("tickets.operation.serving", "tickets.models.installation")}


def test_imports_run_one_way() -> None:
    upward = []
    for path in files(*PRODUCT):
        module = module_of(path)
        for imported, node in imports(path):
            home = imported.rpartition(".")[0]
            if (module, imported) in UPWARD_ON_PURPOSE or (module, home) in UPWARD_ON_PURPOSE:
                continue
            if imported != "tickets" and is_ours(imported) and layer(imported) > layer(module):
                upward.append(f"{shown(path, node)} imports {imported}")

    assert upward == []


def test_the_rules_import_the_standard_library_and_transitions_only() -> None:
    allowed = set(sys.stdlib_module_names) | {"transitions", "workflow"}
    foreign = [
        f"{shown(path, node)} imports {imported}"
        for path in files("workflow")
        for imported, node in imports(path)
        if imported.partition(".")[0] not in allowed
    ]

    assert foreign == []


def test_the_product_imports_no_test_and_no_tool() -> None:
    found = [
        f"{shown(path, node)} imports {imported}"
        for path in files(*PRODUCT)
        for imported, node in imports(path)
        if within(imported, ("tests", "bench", "tools"))
    ]

    assert found == []


def test_only_edges_and_the_ground_know_the_web() -> None:
    web = ("flask", "flask_login", "flask_wtf", "wtforms", "flask_babel", "werkzeug")
    allowed = {
        ("tickets.models.people", "flask_login"): "a person is what Flask-Login signs in",
        ("tickets.visibility", "werkzeug.exceptions"): "what may not be seen does not exist: 404",
    }
    found = [
        f"{shown(path, node)} imports {imported}"
        for path in files("tickets")
        for imported, node in imports(path)
        if within(imported, web)
        and layer(module_of(path)) in (2, 3)
        and not any(
            module_of(path) == module and within(imported, (granted,))
            for module, granted in allowed
        )
    ]

    assert found == []


def test_only_edges_commit() -> None:
    found = [
        shown(path, node)
        for path in files("tickets", "workflow")
        if not within(module_of(path), EDGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]

    assert found == [], "the edge commits, once"


def test_only_edges_ask_what_time_it_is() -> None:
    found = [
        shown(path, node)
        for path in files("tickets", "workflow")
        if not within(module_of(path), (*EDGES, "tickets.clock"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in CLOCKS
    ]
    found += [
        shown(path, node)
        for path in files("tickets", "workflow")
        if not within(module_of(path), EDGES)
        for imported, node in imports(path)
        if within(imported, ("tickets.clock",))
    ]

    assert found == [], "now is a parameter"


def test_only_the_edges_know_who_is_signed_in() -> None:
    found = [
        shown(path, node)
        for path in files("tickets", "workflow")
        if not within(module_of(path), EDGES)
        for imported, node in imports(path)
        if imported == "flask_login.current_user"
    ]

    assert found == [], "the actor is a parameter"


def test_only_the_one_door_assigns_a_status() -> None:
    found = [
        shown(path, target)
        for path in files("tickets", "workflow")
        if path.relative_to(ROOT).as_posix() not in ASSIGNS_STATUS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "status"
    ]

    assert found == [], "take() an action; never put a target status"


def test_only_the_one_door_says_what_follows() -> None:
    found = [
        shown(path, node)
        for path in files("tickets")
        if not within(module_of(path), ("tickets.actions",))
        for imported, node in imports(path)
        if within(imported, ("tickets.actions.notifying",))
    ]

    assert found == [], "registering, too, ends in the door's own finish"


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        shown(path, inner)
        for path in files(*PRODUCT)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert found == []


def test_files_are_nouns_of_the_field() -> None:
    found = [shown(path) for path in files(*PRODUCT, "tests") if path.name in FORBIDDEN_NAMES]

    assert found == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("an inline style", r"<style\b|\sstyle\s*="),
        ("an inline event handler", r"\son[a-z]+\s*=\s*[\"']"),
        ("an inline script", r"<script(?![^>]*\b(?:src|nonce|type=\"application/json\"))"),
        ("an address of another site", r"(?:src|href)=[\"'](?:https?:)?//"),
    ],
)
def test_pages_carry_nothing_that_their_security_policy_forbids(what: str, pattern: str) -> None:
    found = [
        f"{shown(path)}:{number}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]

    assert found == [], f"{what} is not allowed"


def test_pages_change_who_oversees_through_four_eyes_only() -> None:
    """`administration.rights` asks for a second administrator; what is behind it does not."""
    behind = {"grant_role", "take_role", "issue_password", "set_password", "enable", "disable"}
    found = [
        shown(path, node)
        for path in files("tickets/web")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in behind
        and isinstance(node.value, ast.Name)
        and node.value.id == "admin_people"
    ]

    assert found == []

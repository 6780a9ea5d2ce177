"""Small faults in Python source: what is wrong in each, and the source with it."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True)
class Fault:
    """One fault: in which file, on which line, what it does, and the file with it."""

    file: str
    line: int
    what: str
    source: str


@dataclass(frozen=True)
class Way:
    """One way to go wrong: at which nodes, what it is called, and how it changes the node."""

    fits: Callable[[Any], bool]
    what: str
    change: Callable[[Any], None]


def _turn(node: ast.Compare) -> None:
    node.ops = [TURNED[type(node.ops[0])]()]


def _swap_and_or(node: ast.BoolOp) -> None:
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def _shorten(node: ast.BoolOp) -> None:
    node.values = node.values[:-1]


def _drop_not(node: ast.UnaryOp) -> None:
    node.operand = ast.UnaryOp(ast.Not(), node.operand)


def _swap_branches(node: ast.IfExp) -> None:
    node.body, node.orelse = node.orelse, node.body


def _swap_signs(node: ast.BinOp) -> None:
    node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()


def _change_value(node: ast.Constant) -> None:
    node.value = not node.value if isinstance(node.value, bool) else int(str(node.value)) + 1


def _drop_last(node: ast.FunctionDef) -> None:
    node.body = node.body[:-1]


def _ends_in_silence(node: ast.FunctionDef) -> bool:
    return len(node.body) > 1 and not isinstance(node.body[-1], ast.Return)


WAYS = (
    Way(
        lambda n: isinstance(n, ast.Compare) and len(n.ops) == 1 and type(n.ops[0]) in TURNED,
        "a comparison turned",
        _turn,
    ),
    Way(lambda n: isinstance(n, ast.BoolOp), "and for or, or for and", _swap_and_or),
    Way(lambda n: isinstance(n, ast.BoolOp), "the last condition left out", _shorten),
    Way(lambda n: isinstance(n, ast.UnaryOp) and isinstance(n.op, ast.Not), "no not", _drop_not),
    Way(lambda n: isinstance(n, ast.IfExp), "the other branch", _swap_branches),
    Way(
        lambda n: isinstance(n, ast.BinOp) and isinstance(n.op, ast.Add | ast.Sub),
        "plus for minus, minus for plus",
        _swap_signs,
    ),
    Way(
        lambda n: isinstance(n, ast.Constant) and type(n.value) in (int, bool),
        "another value",
        _change_value,
    ),
    Way(
        lambda n: isinstance(n, ast.FunctionDef) and _ends_in_silence(n),
        "the last statement left out",
        _drop_last,
    ),
)


def faults(file: str, source: str) -> Iterator[Fault]:
    """Every fault that can be planted in this source."""
    tree = ast.parse(source)
    skipped = {id(node) for node in _no_behaviour(tree)}
    for place, node in enumerate(ast.walk(tree)):
        for way in WAYS:
            if id(node) not in skipped and way.fits(node):
                line = getattr(node, "lineno", 0)
                yield Fault(file, line, way.what, _with_fault(tree, place, way))


def _with_fault(tree: ast.Module, place: int, way: Way) -> str:
    changed = copy.deepcopy(tree)
    way.change(list(ast.walk(changed))[place])
    return ast.unparse(ast.fix_missing_locations(changed))


def _no_behaviour(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, types, and sentences that only people read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield from ast.walk(node)
        if isinstance(node, ast.AnnAssign):
            yield from ast.walk(node.annotation)
        if isinstance(node, ast.FunctionDef):
            for part in (*(arg.annotation for arg in node.args.args), node.returns):
                yield from ast.walk(part) if part is not None else ()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
            yield from ast.walk(node)

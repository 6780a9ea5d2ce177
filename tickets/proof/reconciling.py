"""Rows compared with what events say of them: changed, missing, invented."""

from collections.abc import Iterator

from tickets.proof.covered import CALLED, FILLED_LATER
from tickets.proof.said import Rows


def differences(told: Rows, stored: Rows) -> Iterator[str]:
    """Everything in which the rows are not what was told of them."""
    for table, called in CALLED.items():
        expected, found = told.get(table, {}), stored.get(table, {})
        for row_id in expected.keys() - found.keys():
            yield f"{_the(called)} {row_id} is missing"
        for row_id in found.keys() - expected.keys():
            yield f"{_a(called)} was added: {row_id}"
        for row_id in expected.keys() & found.keys():
            for name, value in found[row_id].items():
                if name not in expected[row_id] or expected[row_id][name] == value:
                    continue
                if (table, name) in FILLED_LATER and expected[row_id][name] is None:
                    continue
                yield f"{table}.{name} was changed"


def not_covered(told: Rows, stored: Rows) -> int:
    """How many columns nothing speaks of."""
    return sum(
        name not in told.get(table, {}).get(row_id, {})
        for table, rows in stored.items()
        for row_id, values in rows.items()
        for name in values
    )


def _the(called: str) -> str:
    return f"the {called}"


def _a(called: str) -> str:
    return f"{'an' if called[0] in 'aeiou' else 'a'} {called}"

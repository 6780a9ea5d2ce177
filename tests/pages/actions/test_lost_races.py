"""Two changes that wait for each other: the database ends one, and its sender is told (CON-02)."""

import pytest
from sqlalchemy.exc import OperationalError

from tickets.web.shell.saving import pass_on_failures


class Said(Exception):
    """An error of the driver, as far as anybody looks at it."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_a_lost_race_is_told_as_one(sqlstate: str) -> None:
    pass_on_failures(OperationalError("UPDATE complaint", {}, Said(sqlstate)))


@pytest.mark.parametrize("sqlstate", [None, "57P01", "08006"])
def test_a_database_that_is_gone_is_a_failure(sqlstate: str | None) -> None:
    error = OperationalError("UPDATE complaint", {}, Said(sqlstate))
    with pytest.raises(OperationalError):
        pass_on_failures(error)

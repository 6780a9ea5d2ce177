"""Failures that are the database's, not the request's: it is busy, or it is not there."""

import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from tickets.database import PRIMARY_CODE, DatabaseBusy, is_locked

FAILURES = (DatabaseBusy, NoConnectionLeft, DBAPIError)
"""What an outage is raised as; not each of them is one."""

GONE = ("08", "57P")
"""How PostgreSQL's codes begin when the connection or the whole server goes away."""
FULL_UP = frozenset({"53300", "55P03", "57014"})
"""Too many connections; a lock, or the answer, did not come in the time that was given."""
NO_FILE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL})


class Outage(StrEnum):
    """Why the database did not do what was asked."""

    BUSY = "busy"
    LOST = "lost"


def outage_of(error: BaseException | None) -> Outage | None:
    """The outage that this error tells of; None when something else is wrong."""
    if isinstance(error, DatabaseBusy | NoConnectionLeft) or is_locked(error):
        return Outage.BUSY
    if not isinstance(error, DBAPIError):
        return None
    code = getattr(error.orig, "sqlstate", None)
    if code in FULL_UP:
        return Outage.BUSY
    return Outage.LOST if error.connection_invalidated or _is_gone(error, code) else None


def died_in_use(error: BaseException) -> bool:
    """Whether a connection that had been working broke; a new one may well be had at once."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _is_gone(error: DBAPIError, code: str | None) -> bool:
    if code is not None:
        return code.startswith(GONE)
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & PRIMARY_CODE in NO_FILE
    # A driver's operational error to which the server has added no code: it never answered.
    return isinstance(error, OperationalError)

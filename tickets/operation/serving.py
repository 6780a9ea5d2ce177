"""What must hold before a database is served to anybody."""

from ipaddress import ip_address

from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from tickets.config import ConfigurationError
from tickets.models.installation import Installation
from tickets.operation.schema import schema_is_current

NOT_CURRENT = (
    "The database schema is not the one this version needs. Make a backup and run: flask db upgrade"
)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server on that address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def refuse_to_serve_unready(engine: Engine, host: str) -> None:
    """Raise ConfigurationError unless the schema is current and a demo stays on this machine."""
    try:
        current = schema_is_current(engine)
    except OperationalError as error:
        raise ConfigurationError(f"The database cannot be reached: {error.orig}") from error
    if not current:
        raise ConfigurationError(NOT_CURRENT)
    if is_demo(engine) and not is_loopback(host):
        raise ConfigurationError(
            "This is a demo database; its accounts have a published password,"
            f" so it is served on 127.0.0.1 only, not on {host}."
        )


def is_demo(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.scalar(select(Installation.is_demo)))

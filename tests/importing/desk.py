"""A desk that has what a mapping names, the command run as in a shell, and what is there after."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from click.testing import Result
from flask import Flask
from sqlalchemy import select

from tests.cast import Cast, add_cast
from tests.conftest import Transaction
from tickets.database import db, new_id
from tickets.importing import mapping_file
from tickets.models import Category, Cause, Complaint

DATA = Path(__file__).resolve().parents[1] / "data"
FILE, MAPPING = DATA / "complaints.csv", DATA / "complaints.toml"


@dataclass(frozen=True)
class ImportDesk:
    """The cast's east hall, about to import."""

    app: Flask
    transaction: Transaction
    cast: Cast

    def run(self, file: Path, mapping: Path | str = MAPPING, *more: str) -> Result:
        desk = () if "--desk" in more or "--as" in more else ("--desk", "east_hall")
        args = ["complaints", "import", str(file), "--mapping", str(mapping), *desk, *more]
        return self.app.test_cli_runner().invoke(args=args)

    def complaints(self) -> dict[str, Complaint]:
        """By their number at the source; inside a transaction of the caller."""
        found = db.session.scalars(select(Complaint).where(Complaint.external_id.is_not(None)))
        return {each.external_id or "": each for each in found}


def set_up(
    app: Flask, transaction: Transaction, now: datetime, password_hash: str, mapping: Path | str
) -> ImportDesk:
    with transaction() as session:
        cast = add_cast(now - timedelta(days=30), password_hash)
        read = mapping_file.read(mapping_file.named(str(mapping)))
        codes = {code for _key, code in read.categories()} - {"broadband"}
        session.add_all(
            Category(id=new_id(), code=code, names={"en": code}, active=True) for code in codes
        )
        session.add_all(
            Cause(id=new_id(), code=code, names={"en": code}, active=True)
            for code in ("unknown", "billing_error", "delay", "nothing_found")
        )
    return ImportDesk(app, transaction, cast)

"""Pages of a list whose total is known: every row can be reached, to the last one."""

from dataclasses import dataclass
from typing import TypeVarTuple

from flask import request
from sqlalchemy import Select

from tickets.web.shell.shell import here

PAGE_SIZE = 50
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Paging:
    """Which stretch of `total` rows is shown; `page` counts from 1."""

    page: int
    total: int
    size: int = PAGE_SIZE

    @classmethod
    def of_request(cls, total: int) -> "Paging":
        """The page asked for; beyond the end is the last one, nonsense the first."""
        asked = request.args.get("page", "1")
        wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
        return cls(max(1, min(wanted, cls(1, total).pages)), total)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        return (self.page - 1) * self.size + 1 if self.total else 0

    @property
    def last_row(self) -> int:
        return min(self.page * self.size, self.total)

    def cut(self, query: Select[*Columns]) -> Select[*Columns]:
        return query.limit(self.size).offset((self.page - 1) * self.size)

    @property
    def links(self) -> dict[str, str | None]:
        """Addresses for the pager; None where there is nowhere to go."""
        before, after = self.page > 1, self.page < self.pages
        return {
            "first": here(page=None) if before else None,
            "previous": here(page=self.page - 1) if before else None,
            "next": here(page=self.page + 1) if after else None,
            "last": here(page=self.pages) if after else None,
        }

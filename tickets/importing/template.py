"""One field's text, with columns in braces: "{City}, {State}"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

COLUMN = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Template:
    """A text in which `{Column}` stands for what a row says there."""

    text: str

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(COLUMN.findall(self.text))

    def filled(self, cells: Mapping[str, str]) -> str:
        """The text for one row; empty when it names columns and all of them are empty."""
        columns = self.columns
        if columns and not any(cells[column].strip() for column in columns):
            return ""
        return COLUMN.sub(lambda found: cells[found[1]], self.text)

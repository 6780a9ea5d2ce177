"""What the pages ask of a form and its fields; WTForms says no types of its own."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from werkzeug.datastructures import MultiDict


class FormField(Protocol):
    """One field: what it holds, and what is wrong with it."""

    data: object
    errors: Sequence[str]


class PageForm(Protocol):
    """A form of a page. `form_errors` is what is wrong with it as a whole."""

    form_errors: list[str]

    @property
    def errors(self) -> Mapping[str | None, Sequence[str]]: ...

    def __contains__(self, name: str) -> bool: ...

    def __getitem__(self, name: str) -> FormField: ...

    def is_submitted(self) -> bool: ...

    def validate(self) -> bool: ...

    def process(self, formdata: MultiDict[str, str]) -> None: ...

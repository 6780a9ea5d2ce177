"""The forms of a page, read as a browser reads them: where each goes, and what it would send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse


@dataclass
class ShownForm:
    """One form: its address and the fields that would be sent with it as it stands."""

    action: str
    id: str
    data: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Fields that are empty and wait for somebody: passwords and files."""

    def add(self, name: str, value: str) -> None:
        self.data.setdefault(name, []).append(value)


def forms_of(page: TestResponse) -> dict[str, ShownForm]:
    """The forms of the page that have an id, by their id."""
    reader = _Reader()
    reader.feed(page.text)
    return {form.id: form for form in reader.forms if form.id}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[ShownForm] = []
        self.text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(ShownForm(said.get("action", ""), said.get("id", "")))
        if tag == "textarea":
            self.text = (said["name"], [])
        if tag != "input" or not self.forms or "name" not in said:
            return
        if said.get("type") in ("password", "file"):
            self.forms[-1].asked.append(said["name"])
        else:
            self.forms[-1].add(said["name"], said.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag != "textarea" or self.text is None:
            return
        name, parts = self.text
        # A browser leaves the first line break of a text area out.
        self.forms[-1].add(name, "".join(parts).removeprefix("\n"))
        self.text = None

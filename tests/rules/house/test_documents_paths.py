"""What the documents name as a file is there."""

import re
from pathlib import Path

import pytest

from tests.rules.house.test_house import ROOT

TO_COME = ("tickets/receiving/", "tickets/api/", "tickets/search/", "tickets/retention/")
"""Rooms that `docs/architecture.md` names for what will move in."""

PATH = re.compile(r"\b((?:tickets|workflow|tests|templates|tools|bench|migrations)/[\w/]+\.\w+)\b")
DOCUMENTS = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "SECURITY.md"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    named = set(PATH.findall(document.read_text(encoding="utf-8")))
    missing = {
        path for path in named if not path.startswith(TO_COME) and not (ROOT / path).exists()
    }

    assert missing == set()

"""Uploaded files: which mapping says what their columns mean."""

from collections.abc import Mapping
from pathlib import Path

from tickets.importing import mapping_file
from tickets.importing.mapping import ColumnMapping
from workflow.values import Json


def mapping_of(asked: Mapping[str, Json], folder: Path) -> ColumnMapping:
    """The mapping that came with the upload, or the shipped one that it names."""
    written = str(asked.get("mapping") or "")
    if not written:
        return mapping_file.read(mapping_file.named(str(asked["shipped"])))
    path = folder / "mapping.toml"
    path.write_text(written, encoding="utf-8")
    return mapping_file.read(path)

"""Uploaded files: which mapping says what their columns mean."""

from pathlib import Path

from tickets.importing import mapping_file
from tickets.importing.mapping import ColumnMapping
from tickets.models import StoredFile


def mapping_of(file: StoredFile, folder: Path) -> ColumnMapping:
    """The mapping that came with the upload, or the shipped one that it names."""
    written = file.asked.get("mapping", "")
    if not written:
        return mapping_file.read(mapping_file.named(file.asked["shipped"]))
    path = folder / "mapping.toml"
    path.write_text(written, encoding="utf-8")
    return mapping_file.read(path)

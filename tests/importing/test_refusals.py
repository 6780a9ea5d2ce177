"""What cannot be read for certain is refused by line or key, before anything is written."""

import codecs
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.bare import Bare
from tests.conftest import Transaction
from tests.databases import Database
from tests.importing.desk import FILE, MAPPING, ImportDesk, set_up
from tickets.importing import mapping_file

GOOD = FILE.read_text(encoding="utf-8")
HEADER, FIRST, SECOND = GOOD.splitlines()[:3]
RULES = MAPPING.read_text(encoding="utf-8")


@pytest.fixture
def desk(app: Flask, transaction: Transaction, now: datetime, password_hash: str) -> ImportDesk:
    return set_up(app, transaction, now, password_hash, MAPPING)


def text(*lines: str) -> bytes:
    return "\n".join(lines).encode()


BAD_FILES = {
    "wrong encoding": (text(HEADER, FIRST) + b"\n" + SECOND.encode("gb18030"), 3),
    "wrong encoding, far down": (
        text(HEADER, *[FIRST] * 3000) + b"\n" + SECOND.encode("gb18030"),
        3002,
    ),
    "another encoding altogether": (codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"), 1),
    "a NUL": (text(HEADER, FIRST, SECOND.replace("李伟", "李\x00伟")), 3),
    "an open quote": (text(HEADER, FIRST, SECOND.replace("李伟", '"李伟')), 3),
    "text behind a quote": (text(HEADER, FIRST, SECOND.replace("李伟", '"李"伟')), 3),
    "too few columns": (text(HEADER, FIRST, SECOND.rpartition(",")[0]), 3),
    "too many columns": (text(HEADER, FIRST, SECOND + ",更多"), 3),
    "nothing at all": (b"", 1),
    "a column named twice": (text(HEADER.replace("诉求", "备注"), FIRST), 1),
    "a column without a name": (text(HEADER.replace("备注", ""), FIRST), 1),
    "a column that is not there": (text(HEADER.replace("渠道", "来源"), FIRST), 1),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_bad_file_is_refused_with_its_line(
    what: str, desk: ImportDesk, database: Database, tmp_path: Path
) -> None:
    content, line = BAD_FILES[what]
    file, rejects = tmp_path / "bad.csv", tmp_path / "rejects.csv"
    file.write_bytes(content)

    result = desk.run(file, MAPPING, "--rejects", str(rejects))

    assert result.exit_code == 1
    assert f"line {line}" in result.output
    assert "Traceback" not in result.output
    assert Bare(database).rows("SELECT count(*) FROM complaint") == [(0,)]
    assert Bare(database).rows("SELECT count(*) FROM customer") == [(1,)], "the cast's own"
    assert not rejects.exists()


BAD_MAPPINGS = {
    "unknown column": ('"{诉求}"', '"{愿望}"', "fields.wish: the file has no column “愿望”"),
    "unknown field": ("town = ", "village = ", "fields.village: unknown field"),
    "unknown key": ("language = ", "tongue = ", "tongue: unknown key"),
    "unknown code": (
        '"信函" = "letter"',
        '"信函" = "pigeon"',
        'values.channel."信函": there is no',
    ),
    "closed": ('"已关闭" = "resolved"', '"已关闭" = "closed"', "nothing arrives closed"),
    "unknown category": (
        'code = "charges"',
        'code = "moon"',
        "category.rules, rule 2: there is no",
    ),
    "unknown fallback": ('fallback = "other"', 'fallback = "x"', "category.fallback: there is no"),
    "unknown zone": ("Asia/Shanghai", "Asia/Atlantis", "zone: there is no time zone"),
    "zone outside": ("Asia/Shanghai", "../../etc/passwd", "zone: there is no time zone"),
    "unknown encoding": ('"utf-8"', '"utf-9"', "encoding: there is no encoding “utf-9”"),
    "no text encoding": ('"utf-8"', '"base64"', "encoding: there is no encoding “base64”"),
    "delimiter": ('delimiter = ","', 'delimiter = "||"', "delimiter: must be one character"),
    "date format": ('"%Y/%m/%d %H:%M"', '"%Y/%Q"', "received_at.formats: “%Y/%Q” is no date"),
    "no description": ('description = "{投诉内容}"\n', "", "fields.description: is missing"),
    "no answer": ('answer = "{回复内容}"\n', "", "fields.answer: is missing: some rows arrive"),
    "no TOML": ("[fields]", "[fields", "not a TOML file"),
    "no source": ('source = "old desk"\n', "", "source: is missing"),
}


@pytest.mark.parametrize("what", BAD_MAPPINGS)
def test_a_bad_mapping_is_refused_with_its_key(
    what: str, desk: ImportDesk, database: Database, tmp_path: Path
) -> None:
    before, after, sentence = BAD_MAPPINGS[what]
    assert before in RULES
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(RULES.replace(before, after), encoding="utf-8")

    result = desk.run(FILE, mapping)

    assert result.exit_code == 1
    assert sentence in result.output
    assert Bare(database).rows("SELECT count(*) FROM complaint") == [(0,)]


def test_the_mapping_in_the_document_is_sound(tmp_path: Path) -> None:
    document = (Path(__file__).resolve().parents[2] / "docs" / "import.md").read_text("utf-8")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(document.split("```toml")[1].split("```")[0], encoding="utf-8")

    assert mapping_file.read(mapping).source == "old desk"


def test_every_problem_of_a_mapping_is_said_at_once(desk: ImportDesk, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    bad = RULES.replace("Asia/Shanghai", "Nowhere").replace('"letter"', '"pigeon"')
    mapping.write_text(bad, encoding="utf-8")

    output = desk.run(FILE, mapping).output

    assert "zone:" in output
    assert "pigeon" in output


def test_a_row_that_calls_itself_closed_is_rejected(desk: ImportDesk, tmp_path: Path) -> None:
    """CLO-01, CLO-03: codes in the file itself reach no further than those of the mapping."""
    head, tail = RULES.split("[values.status]")
    mapping, file = tmp_path / "mapping.toml", tmp_path / "closed.csv"
    mapping.write_text(head + tail[tail.index("[values.category]") :], encoding="utf-8")
    file.write_text(f"{HEADER}\n{SECOND.replace('已办结', 'closed')}", encoding="utf-8")

    result = desk.run(file, mapping)

    assert "status: “closed” is none of in_progress, registered, resolved" in result.output
    assert "1 read = 0 imported + 0 already there + 1 rejected" in result.output


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--desk", "moon"), "There is no desk “moon”; desks are: east_hall, group_desk"),
        (("--desk", "network"), "There is no desk “network”"),
        (("--as", "nobody"), "There is nobody with the login “nobody”"),
        (("--as", "zhao"), "zhao cannot answer for complaints"),
        (("--as", "zheng"), "Say --desk CODE"),
    ],
)
def test_somebody_must_answer_for_what_is_imported(
    options: tuple[str, ...], sentence: str, desk: ImportDesk
) -> None:
    result = desk.run(FILE, MAPPING, *options)

    assert result.exit_code == 1
    assert sentence in result.output


def test_the_rejects_never_overwrite_the_file_itself(desk: ImportDesk, tmp_path: Path) -> None:
    file = tmp_path / "complaints.csv"
    file.write_text(GOOD, encoding="utf-8")

    result = desk.run(file, MAPPING, "--rejects", str(file))

    assert result.exit_code == 1
    assert file.read_text(encoding="utf-8") == GOOD


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("gb18030", ","), ("utf-16", ";"), ("utf-8-sig", "\t")]
)
def test_other_encodings_and_delimiters_are_read(
    encoding: str, delimiter: str, desk: ImportDesk, tmp_path: Path
) -> None:
    file, mapping = tmp_path / "other.csv", tmp_path / "mapping.toml"
    lines = (HEADER, FIRST, SECOND)
    file.write_bytes("\r\n".join(lines).replace(",", delimiter).encode(encoding))
    said = RULES.replace('"utf-8"', f'"{encoding}"').replace('","', f'"{delimiter}"')
    mapping.write_text(said, encoding="utf-8")

    result = desk.run(file, mapping)

    assert "2 read = 2 imported" in result.output

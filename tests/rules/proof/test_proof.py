"""Trees, spelling, and that no column is forgotten when rows are compared with events."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets import models as _models  # every table
from tickets.database import db
from tickets.proof.canonical import canonical
from tickets.proof.covered import COVERED, DERIVED, FILLED_LATER
from tickets.proof.merkle import EMPTY, leaf_hash, node_hash, path_of, root_from, root_of

_ = _models


def test_every_column_is_said_sealed_or_left_out_with_a_reason() -> None:
    for covered in COVERED:
        left_out = dict(covered.left_out)
        parts = [set(covered.said), set(covered.texts), set(left_out)]
        columns = {column.name for column in db.metadata.tables[covered.table].columns}

        assert set.union(*parts) == columns, covered.table
        assert sum(map(len, parts)) == len(columns), f"{covered.table}: named twice"
        assert covered.hidden <= set(covered.said)
        assert all(left_out.values())


def test_every_table_that_belongs_to_a_complaint_is_covered_or_has_a_reason() -> None:
    elsewhere = {
        "entry": "texts, sealed by the digest in their event",
        "attachment": "files, sealed by the digest in their event",
        "event": "the chain itself",
        "clock": "what the clocks made of the events",
        "alert": "what the sweep made of the clocks",
        "clock_fact": "counted from events, and counted again at will",
        "complaint_fact": "counted from events, and counted again at will",
        "happened_fact": "counted from events, and counted again at will",
        "held_fact": "counted from events, and counted again at will",
        "path_fact": "counted from events, and counted again at will",
        "stay_fact": "counted from events, and counted again at will",
        "message": "what was told; nothing rests on it but a notice, which its events tell of",
        "notification": "what was told in the application",
        "presence": "a hint, gone in a minute",
        "reminder": "somebody's own",
        "watch": "somebody's own",
        "what_if_change": "what would have been under other limits",
        "problem_link": "linking changes nothing; events tell of it",
        "quality_sample": "second calls, with a history of their own",
        "quality_call": "second calls, with a history of their own",
        "review_task": "second calls, with a history of their own",
    }
    covered = {each.table for each in COVERED} | {table for table, *_rest in DERIVED}

    belonging = {
        name for name, table in db.metadata.tables.items() if "complaint_id" in table.columns
    }

    assert belonging - covered - elsewhere.keys() == set()
    assert covered & elsewhere.keys() == set()


def test_what_is_filled_later_is_covered() -> None:
    said = {(each.table, name) for each in COVERED for name in each.said}

    assert said >= FILLED_LATER


def test_a_document_has_one_spelling() -> None:
    assert canonical({"b": [1, None, "é"], "a": True}) == '{"a":true,"b":[1,null,"é"]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


def test_the_tree_is_that_of_rfc_6962() -> None:
    a, b, c, d, e = (leaf_hash(each) for each in "abcde")

    assert a == hashlib.sha256(b"\x00a").hexdigest()
    assert root_of([]) == EMPTY
    assert root_of([a]) == a
    assert root_of([a, b, c]) == node_hash(node_hash(a, b), c)
    four = node_hash(node_hash(a, b), node_hash(c, d))
    assert root_of([a, b, c, d, e]) == node_hash(four, e)


@given(st.integers(1, 70), st.data())
def test_every_leaf_leads_to_the_root_and_no_other_does(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(str(each)) for each in range(size)]
    place = data.draw(st.integers(0, size - 1))
    root, path = root_of(leaves), path_of(leaves, place)

    assert root_from(leaves[place], place, size, path) == root
    assert root_from(leaf_hash("x"), place, size, path) != root
    for other in (place - 1, size):
        try:
            assert root_from(leaves[place], other, size, path) != root
        except ValueError:
            continue


def test_a_path_of_another_length_is_refused() -> None:
    leaves = [leaf_hash(each) for each in "abcd"]
    path = path_of(leaves, 1)

    for wrong in (path[:-1], [*path, leaves[0]]):
        with pytest.raises(ValueError, match="path"):
            root_from(leaves[1], 1, 4, wrong)

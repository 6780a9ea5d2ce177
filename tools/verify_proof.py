#!/usr/bin/env python3
"""Check what `flask audit proof` wrote, on a machine that has nothing of ours.

    python verify_proof.py PROOF.json --anchors ANCHORS.jsonl
    python verify_proof.py PROOF.json --key PUBLIC_KEY

ANCHORS.jsonl holds anchors as they were mailed, one a line; PUBLIC_KEY is what `flask audit key`
printed. At least one of the two must come from somewhere else than the proof: the proof is compared
with it. Needs Python 3.11 and, for signatures, `cryptography`. docs/audit.md has the format.
"""

import argparse
import base64
import hashlib
import json
import sys
from typing import Any

PROOF, ANCHOR = "shouwen-proof/1", "shouwen-anchor/1"
EVENT = {"id", "seq", "at", "action", "kind", "actor", "rule", "work_order", "data", "hash"}
PARTS = {"format", "complaint", "events", "texts", "columns", "leaf", "place", "path", "anchor"}
LEAF = {"subject", "subject_id", "named", "seq", "head", "columns"}


class Wrong(Exception):
    """The proof does not hold; the message says where."""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(document: Any) -> str:
    return json.dumps(
        document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def demand(holds: bool, what: str) -> None:
    if not holds:
        raise Wrong(what)


def check(proof: dict[str, Any], anchors: list[str] | None, key: str | None) -> dict[str, Any]:
    """What the anchor says, or Wrong."""
    demand(set(proof) == PARTS, "the proof has other parts than it should")
    demand(proof["format"] == PROOF, "this is no proof of a kind that is known here")
    leaf = proof["leaf"]
    demand(set(leaf) == LEAF and leaf["subject"] == "complaint", "the leaf is not a complaint's")
    demand(proof["complaint"].replace("-", "") == leaf["subject_id"], "it is another complaint's")
    check_chain(proof, leaf)
    check_texts(proof)
    demand(digest(canonical(proof["columns"])) == leaf["columns"], "the columns were changed")
    rows = proof["columns"].get("complaint", {}).get(leaf["subject_id"], {})
    demand(rows.get("number") == leaf["named"], "the number is another complaint's")
    return check_anchor(proof, leaf, anchors, key)


def check_chain(proof: dict[str, Any], leaf: dict[str, Any]) -> None:
    previous = ""
    for expected, event in enumerate(proof["events"], 1):
        demand(set(event) == EVENT, f"event {expected} has other parts than it should")
        demand(event["seq"] == expected, f"event {expected} is missing")
        told = [
            proof["complaint"],
            *(event[name] for name in ("id", "seq", "at", "action", "kind", "actor", "rule")),
            *(event["work_order"], event["data"], previous),
        ]
        previous = digest(json.dumps(told, sort_keys=True, ensure_ascii=False))
        demand(event["hash"] == previous, f"event {expected} was changed")
    demand(leaf["seq"] == len(proof["events"]), "events are missing at the end")
    demand(leaf["head"] == previous, "the events are not those that were anchored")


def check_texts(proof: dict[str, Any]) -> None:
    given: dict[tuple[int, str], str] = {}
    for each in proof["texts"]:
        demand(set(each) == {"seq", "field", "text"}, "a text has other parts than it should")
        place = (each["seq"], each["field"])
        demand(place not in given, "a text is there twice")
        given[place] = digest(each["text"])
    redacted = {e["data"].get("removed") for e in proof["events"] if e["action"] == "redact"}
    for event in proof["events"]:
        for field, said in event["data"].get("texts", {}).items():
            found = given.pop((event["seq"], field), None)
            demand(
                found == said or (found is None and said in redacted),
                f"the text “{field}” of event {event['seq']} was changed or is missing",
            )
    demand(not given, "a text was added that no event speaks of")


def check_anchor(
    proof: dict[str, Any], leaf: dict[str, Any], anchors: list[str] | None, key: str | None
) -> dict[str, Any]:
    anchor = proof["anchor"]
    demand(set(anchor) == {"body", "signature"}, "the anchor has other parts than it should")
    body = anchor["body"]
    said: dict[str, Any] = json.loads(body)
    demand(said.get("format") == ANCHOR, "this is no anchor of a kind that is known here")
    root = root_from(leaf_hash(leaf), proof["place"], said["leaves"], proof["path"])
    demand(root == said["root"], "the history is not in the anchor")
    if anchors is not None:
        demand(body in anchors, "the anchor is none of those in the file")
    if said["key"] is None:
        demand(not anchor["signature"], "the anchor has a signature but no key")
        demand(anchors is not None, "the anchor is unsigned: only a file of anchors can prove it")
        return said
    demand(key is None or key == said["key"], "the anchor was signed with another key")
    check_signature(said["key"], anchor["signature"], body)
    return said


def leaf_hash(leaf: dict[str, Any]) -> str:
    return hashlib.sha256(b"\x00" + canonical(leaf).encode()).hexdigest()


def node_hash(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def root_from(leaf: str, place: int, size: int, path: list[str]) -> str:
    demand(0 <= place < size, "the leaf lies outside of its tree")
    if size == 1:
        demand(not path, "the path is too long")
        return leaf
    demand(bool(path), "the path is too short")
    split = 1 << ((size - 1).bit_length() - 1)
    if place < split:
        return node_hash(root_from(leaf, place, split, path[:-1]), path[-1])
    return node_hash(path[-1], root_from(leaf, place - split, size - split, path[:-1]))


def check_signature(key: str, signature: str, body: str) -> None:
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - the only dependency
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
            Ed25519PublicKey,
        )
    except ImportError:
        raise Wrong("to check the signature, install `cryptography`") from None
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        given = base64.b64decode(signature, validate=True)
        # One signature can be spelled in several ways in base64; only the plain one is ours.
        demand(base64.b64encode(given).decode() == signature, "the signature is spelled oddly")
        public.verify(given, body.encode())
    except (InvalidSignature, ValueError):
        raise Wrong("the signature of the anchor is wrong") from None


def read_anchors(path: str) -> list[str]:
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.lstrip().startswith("{")]
    return [line["body"] for line in lines]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Check a complaint's history.")
    parser.add_argument("proof")
    parser.add_argument("--anchors", help="file of anchors as they were sent, one a line")
    parser.add_argument("--key", help="public key that signs anchors, in base64")
    given = parser.parse_args(arguments)
    if given.anchors is None and given.key is None:
        parser.error("give --anchors or --key: a proof proves nothing against itself")
    try:
        with open(given.proof, encoding="utf-8") as file:
            proof = json.load(file)
        anchors = read_anchors(given.anchors) if given.anchors else None
        said = check(proof, anchors, given.key)
    except Wrong as wrong:
        print(f"NOT PROVEN: {wrong}.")
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        print(f"NOT PROVEN: this cannot be read as a proof ({type(error).__name__}: {error}).")
        return 1
    leaf = proof["leaf"]
    print(
        f"Proven: complaint {leaf['named']}, events 1 to {leaf['seq']},"
        f" by anchor {said['number']} of {said['at']}."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

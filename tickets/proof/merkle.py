"""Merkle trees as RFC 6962 makes them: one root over many leaves, and the way from one to it.

A leaf and a node are hashed with different first bytes, so that neither can pass for the other.
Plain Python, no database.
"""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").hexdigest()


def leaf_hash(said: str) -> str:
    """The hash of one leaf, over everything that it says."""
    return hashlib.sha256(b"\x00" + said.encode()).hexdigest()


def node_hash(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def root_of(leaves: Iterable[str]) -> str:
    """The root over the hashes of leaves in their order; memory grows with the tree's height.

    Full subtrees wait on a stack, as the ones of a binary counter; what is left over at the end
    is joined from the right, which is the very tree that RFC 6962 defines by its splits.
    """
    stack: list[tuple[int, str]] = []
    for leaf in leaves:
        height, node = 0, leaf
        while stack and stack[-1][0] == height:
            node = node_hash(stack.pop()[1], node)
            height += 1
        stack.append((height, node))
    if not stack:
        return EMPTY
    node = stack.pop()[1]
    while stack:
        node = node_hash(stack.pop()[1], node)
    return node


def path_of(leaves: Sequence[str], place: int) -> list[str]:
    """What a leaf must be joined with, from the bottom up, to come to the root."""
    if not 0 <= place < len(leaves):
        raise IndexError(f"no leaf {place} among {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if place < split:
        return [*path_of(leaves[:split], place), root_of(leaves[split:])]
    return [*path_of(leaves[split:], place - split), root_of(leaves[:split])]


def root_from(leaf: str, place: int, size: int, path: Sequence[str]) -> str:
    """The root that a path leads to from a leaf; raises ValueError for a path of another tree."""
    if not 0 <= place < size:
        raise ValueError("the leaf lies outside of its tree")
    if size == 1:
        if path:
            raise ValueError("the path is too long")
        return leaf
    if not path:
        raise ValueError("the path is too short")
    split = _split(size)
    if place < split:
        return node_hash(root_from(leaf, place, split, path[:-1]), path[-1])
    return node_hash(path[-1], root_from(leaf, place - split, size - split, path[:-1]))


def _split(size: int) -> int:
    """The greatest power of two below the size."""
    return int(1 << ((size - 1).bit_length() - 1))

"""What a merge must not hide of the duplicate (design §3: merge is no side door)."""


def levels_owed(duplicate: int, survivor: int) -> int:
    """By how many levels the survivor rises: it stands at least as high as what lives on in it,
    so that a callback at which the customer was not satisfied keeps its superior."""
    return max(duplicate - survivor, 0)

"""What makes a CSV file harmless in a spreadsheet (S-33)."""

MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""

COMMANDS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run, or be tricked by, at the beginning of a cell."""


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a command, also not behind blanks."""
    begins = cell.lstrip(" \n\x0b\x0c\u3000\xa0")
    return f"'{cell}" if begins.startswith(COMMANDS) or cell.startswith(COMMANDS) else cell

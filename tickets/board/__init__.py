"""The manager's board: cells, counts per unit, links for wallboards.

Figures over a period belong to `reports`.
"""

from tickets.board.counts import Board, behind, board_of, units_of, within_units

__all__ = ["behind", "Board", "board_of", "units_of", "within_units"]

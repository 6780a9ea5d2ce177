"""Paths that complaints took: process map, variants, event logs (XES, OCEL) for mining tools.

Figures about time limits and work are in `reports`.
"""

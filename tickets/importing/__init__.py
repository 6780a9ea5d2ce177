"""Complaints from files of other systems: mapping, reading, preview, rejects, storing.

Registering itself is `intake`, actions go through `actions`.
"""

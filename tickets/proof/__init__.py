"""Proof of what is stored: covered columns, reconciliation, anchors, proof files.

Chains of events are in `history`; guards in the database are in `models`.
"""

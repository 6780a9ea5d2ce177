"""What administrators change: people, units, catalogue, policy, messages, rights.

Limits have a room of their own; pages are in `web/admin`.
"""

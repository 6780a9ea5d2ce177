"""One file per `flask` command; `tickets/cli.py` lists them.

A command translates, calls one verb, commits; rules and queries belong to the verb's room.
"""

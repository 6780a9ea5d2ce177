"""Mutants: the program with one small fault in it, which some test must notice.

`python -m tools.mutants effects` takes every effect out of every row of the lifecycles, and runs
the test that `tests/effects_killed.json` names for it; `--find` looks for one where none is named.
`python -m tools.mutants rules --sample 200` plants faults in the rules and says how many of them
the tests of the rules notice. `make mutants` does both.
"""

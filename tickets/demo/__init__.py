"""Demo data: a branch with its desks and departments, for trying out and for tests."""

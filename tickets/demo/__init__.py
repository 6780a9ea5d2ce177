"""Demo data: a branch with its desks, departments and fifteen weeks of complaints.

It uses the verbs like any page; nothing of the product imports it but the `seed` command.
"""

"""Accounts: passwords and sessions, who may sign in and until when.

What a person may do after signing in is `visibility` and the rules.
"""

"""Runs jobs: claims rows, runs them, keeps what they did. An edge, like the web.

What a job does is a verb of its own room; `kinds` registers it.
"""

"""Carrying jobs: finding rows, running them, keeping what they did. An edge, like the web."""

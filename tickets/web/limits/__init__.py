"""Pages of the limits' versions and calendars, and limits in words.

Versions are kept by `tickets/limits`.
"""

"""Pages of one's own account: signing in, absences, notifications, preferences; the guard.

The table of permissions is in `shell`.
"""

"""What time alone brings: warnings, breaches, follow-ups, reminders.

Who is told is in `people`, how it is told in `messages`.
"""

from tickets.sweep.sweep import acknowledge, due_now, push_ahead, remind, treat

__all__ = ["acknowledge", "due_now", "push_ahead", "remind", "treat"]

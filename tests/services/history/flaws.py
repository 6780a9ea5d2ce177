"""What an audit finds in one complaint."""

from tickets.history.audit import Flaw, audited
from tickets.models import Complaint


def flaws_of(complaint: Complaint) -> list[Flaw]:
    """Everything wrong with one complaint: its chain, then what its chain speaks of."""
    return [flaw for each in audited([complaint.id]) for flaw in each.flaws]

"""Addresses of pages that many rooms link to."""

from tickets.models import Complaint

COMPLAINTS = "/complaints/"


def complaint_url(complaint: Complaint) -> str:
    return f"{COMPLAINTS}{complaint.number}"

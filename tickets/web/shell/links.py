"""Addresses of pages that many rooms link to."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from tickets.models import Complaint

COMPLAINTS = "/complaints/"


def complaint_url(complaint: Complaint) -> str:
    return f"{COMPLAINTS}{complaint.number}"


def url_with(endpoint: str, values: Mapping[str, object]) -> str:
    """The address of a page with values whose names are known at run time only."""
    named: dict[str, Any] = dict(values)
    return url_for(endpoint, **named)

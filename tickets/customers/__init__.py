"""Customers: finding, correcting, contact points, and what departments may read of them.

What customers complained about is in `complaints` and `intake`.
"""

from tickets.customers.finding import FOUND_AT_MOST, add, contact, find, is_called, normal_phone

__all__ = ["add", "contact", "find", "FOUND_AT_MOST", "is_called", "normal_phone"]

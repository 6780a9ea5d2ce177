"""Pages of a customer.

Intake finds customers in `web/intake`.
"""

from tickets.web.customers.pages import blueprint

__all__ = ["blueprint"]

"""My work, the rows of queues, approvals, a department's work orders.

Filtered lists of complaints are in `web/complaints`.
"""

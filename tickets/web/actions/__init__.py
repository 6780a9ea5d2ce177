"""The form page of any action: fields, defaults, offers, and what an event says afterwards.

Where a complaint is read is `web/complaints`.
"""

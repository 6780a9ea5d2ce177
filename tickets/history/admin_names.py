"""What changes of administration are called. The values are stored and chained: none changes."""

from enum import StrEnum


class AdminEventName(StrEnum):
    """What can happen to something that administrators keep."""

    ADDED = "added"
    CHANGED = "changed"
    RENAMED = "renamed"
    RETIRED = "retired"
    RESTORED = "restored"
    ROLE_GRANTED = "role_granted"
    ROLE_TAKEN = "role_taken"
    DISABLED = "disabled"
    ENABLED = "enabled"
    PASSWORD_ISSUED = "password_issued"  # noqa: S105 - what happened, no password
    SECRET_RENEWED = "secret_renewed"  # noqa: S105 - what happened, no secret
    TESTED = "tested"
    SENT_AGAIN = "sent_again"
    CANCELLED = "cancelled"
    ACTIVATED = "activated"
    DISCARDED = "discarded"
    AGAIN = "again"
    ABSENT = "absent"
    BACK = "back"
    BEGUN = "begun"
    ZONE_RULES = "zone_rules"
    CREATE = "create"
    REVOKE = "revoke"
    TAKEN = "taken"
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"

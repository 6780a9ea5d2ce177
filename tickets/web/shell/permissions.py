"""Who may call which page: one table, and what is not in it is denied (S-01, SEE-02).

The table says who may knock; whether *this* complaint may be seen is `tickets.visibility`'s, and
whether it may be changed is the rules'. A new page is a new line in `TABLE`.
"""

from dataclasses import dataclass

from workflow.words import Role


@dataclass(frozen=True)
class Permission:
    """Who may call a page. `roles` is None when the role does not matter."""

    name: str
    roles: frozenset[Role] | None = None
    hidden: bool = False
    """Whether others are told that there is no such page, instead of that it is not for them."""


def held_by(*roles: Role) -> Permission:
    """For people who hold one of these roles anywhere."""
    return Permission("roles", frozenset(roles))


PUBLIC = Permission("public")
SIGNED_IN = Permission("signed_in")
"""For everybody who is signed in; used where the page shows only what the person may see anyway."""
READERS = held_by(*(role for role in Role if role is not Role.ADMINISTRATOR))
"""For whoever works with complaints. Administrators do not, by virtue of that role (design §2)."""
REGISTRARS = held_by(Role.FRONT_DESK, Role.EXECUTIVE)
CALLERS = held_by(Role.FRONT_DESK, Role.SUPERVISOR, Role.EXECUTIVE, Role.QUALITY, Role.AUDITOR)
"""For those who call customers back, and those who oversee the calling."""
DECIDERS = held_by(Role.SUPERVISOR, Role.EXECUTIVE)
APPROVERS = held_by(Role.SUPERVISOR, Role.EXECUTIVE, Role.QUALITY)
"""For those who decide closings: above the complaint, or named by rule where nobody above may."""
SCORERS = held_by(Role.QUALITY)
"""For those who call a second time and score."""
ANSWERERS = Permission(
    "roles", frozenset({Role.SUPERVISOR, Role.EXECUTIVE, Role.AUDITOR}), hidden=True
)
"""For whoever answers to a regulator, and those who audit."""
OVERSEERS = Permission(
    "roles", frozenset({Role.SUPERVISOR, Role.EXECUTIVE, Role.QUALITY, Role.AUDITOR}), hidden=True
)
"""For whoever oversees a unit: for anybody else these pages do not exist."""
MANAGERS = Permission("roles", frozenset({*(OVERSEERS.roles or ()), Role.LEAD}), hidden=True)
"""For whoever oversees a unit or leads a department: the manager's room does not exist for
anybody else. Which figures it tells whom is for the pages to say."""
PLANNERS = Permission("roles", DECIDERS.roles, hidden=True)
"""For whoever decides about a unit and may ask what other limits would have made of its past."""
ADMINISTRATORS = held_by(Role.ADMINISTRATOR)

TABLE: dict[str, Permission] = {
    # the application itself
    "static": PUBLIC,
    "health.healthz": PUBLIC,
    "health.prometheus": PUBLIC,
    # shell
    "shell.language": PUBLIC,
    "shell.theme": PUBLIC,
    "shell.keys": SIGNED_IN,
    # auth
    "auth.login": PUBLIC,
    "auth.logout": PUBLIC,
    "auth.account": SIGNED_IN,
    "auth.change_password": SIGNED_IN,
    "auth.save_preferences": SIGNED_IN,
    "auth.sign_out_everywhere": SIGNED_IN,
    # intake
    "intake.new": REGISTRARS,
    "intake.register": REGISTRARS,
    "intake.lookup": REGISTRARS,
    "intake.registered": READERS,
    "customers.edit": READERS,
    # complaints
    "complaints.index": READERS,
    "complaints.export": READERS,
    "complaints.oldest": READERS,
    "complaints.complaint": READERS,
    "complaints.timeline": READERS,
    "complaints.print": READERS,
    "complaints.presence": READERS,
    "complaints.action": READERS,
    # clocks
    "clocks.ledger": READERS,
    "clocks.what_next": READERS,
    "clocks.remove_reminder": READERS,
    "clocks.acknowledge": READERS,
    # orders
    "orders.order": READERS,
    "orders.action": READERS,
    # attachments
    "attachments.attachment": READERS,
    # work
    "work.index": SIGNED_IN,
    "work.orders": READERS,
    # callbacks
    "callbacks.index": CALLERS,
    "callbacks.next_call": CALLERS,
    "callbacks.call": CALLERS,
    "callbacks.beside": CALLERS,
    # approvals
    "approvals.index": APPROVERS,
    "approvals.decide": READERS,
    "approvals.arbitrate": DECIDERS,
    # board
    "board.index": MANAGERS,
    "board.live": MANAGERS,
    "board.walls": DECIDERS,
    "board.revoke": DECIDERS,
    "wall.wall": PUBLIC,
    "wall.live": PUBLIC,
    # the path that complaints took
    "paths.index": OVERSEERS,
    "paths.as_xes": OVERSEERS,
    "paths.as_ocel": OVERSEERS,
    # reports
    "reports.index": MANAGERS,
    "reports.report": MANAGERS,
    "reports.as_csv": MANAGERS,
    "reports.as_xlsx": MANAGERS,
    "reports.schedules": MANAGERS,
    "reports.add_schedule": MANAGERS,
    "reports.schedule": MANAGERS,
    "reports.pause_schedule": MANAGERS,
    "reports.resume_schedule": MANAGERS,
    "reports.remove_schedule": MANAGERS,
    "reports.leave_schedule": MANAGERS,
    # what if
    "what_if.index": PLANNERS,
    "what_if.new": PLANNERS,
    "what_if.run": PLANNERS,
    "what_if.as_csv": PLANNERS,
    "what_if.as_xlsx": PLANNERS,
    "what_if.rename": PLANNERS,
    "what_if.remove": PLANNERS,
    # regulator
    "regulator.index": ANSWERERS,
    # problems
    "problems.index": READERS,
    "problems.problem": READERS,
    "problems.new": READERS,
    "problems.edit": READERS,
    "problems.progress": READERS,
    "problems.close": READERS,
    "problems.link": READERS,
    "problems.unlink": READERS,
    "problems.link_many": READERS,
    # notifications
    "notifications.index": SIGNED_IN,
    "notifications.unread": SIGNED_IN,
    "notifications.open_one": SIGNED_IN,
    "notifications.mark_all_read": SIGNED_IN,
    "notifications.preferences": SIGNED_IN,
    # absences
    "absences.index": SIGNED_IN,
    "absences.end": SIGNED_IN,
    # help
    "help.index": SIGNED_IN,
    "help.lifecycle": SIGNED_IN,
    # quality
    "quality.index": SCORERS,
    "quality.sample": SCORERS,
    "quality.call": SCORERS,
    "quality.score": SCORERS,
    "quality.skip": SCORERS,
    "quality.reviews": DECIDERS,
    "quality.finish": DECIDERS,
    # exports
    "exports.index": READERS,
    "exports.ask": READERS,
    "exports.fetch": READERS,
    "exports.remove": READERS,
    # admin
    "admin.imports": ADMINISTRATORS,
    "admin.import_": ADMINISTRATORS,
    "admin.begin_import": ADMINISTRATORS,
    "admin.drop_import": ADMINISTRATORS,
    "admin.import_rejects": ADMINISTRATORS,
    "admin.jobs": ADMINISTRATORS,
    "admin.run_job_again": ADMINISTRATORS,
    "admin.index": ADMINISTRATORS,
    "admin.units": ADMINISTRATORS,
    "admin.add_unit": ADMINISTRATORS,
    "admin.unit": ADMINISTRATORS,
    "admin.retire_unit": ADMINISTRATORS,
    "admin.restore_unit": ADMINISTRATORS,
    "admin.people": ADMINISTRATORS,
    "admin.add_person": ADMINISTRATORS,
    "admin.person": ADMINISTRATORS,
    "admin.issue_password": ADMINISTRATORS,
    "admin.grant_role": ADMINISTRATORS,
    "admin.take_role": ADMINISTRATORS,
    "admin.disable_person": ADMINISTRATORS,
    "admin.enable_person": ADMINISTRATORS,
    "admin.rights": ADMINISTRATORS,
    "admin.rights_request": ADMINISTRATORS,
    "admin.categories": ADMINISTRATORS,
    "admin.add_category": ADMINISTRATORS,
    "admin.category": ADMINISTRATORS,
    "admin.causes": ADMINISTRATORS,
    "admin.add_cause": ADMINISTRATORS,
    "admin.cause": ADMINISTRATORS,
    "admin.anchors": ADMINISTRATORS,
    "admin.policy": ADMINISTRATORS,
    "admin.limits": ADMINISTRATORS,
    "admin.add_limits": ADMINISTRATORS,
    "admin.limits_version": ADMINISTRATORS,
    "admin.limits_general": ADMINISTRATORS,
    "admin.discard_limits": ADMINISTRATORS,
    "admin.explain_limits": ADMINISTRATORS,
    "admin.compare_limits": ADMINISTRATORS,
    "admin.limits_effect": ADMINISTRATORS,
    "admin.activate_limits": ADMINISTRATORS,
    "admin.add_rule": ADMINISTRATORS,
    "admin.limits_rule": ADMINISTRATORS,
    "admin.remove_rule": ADMINISTRATORS,
    "admin.add_rung": ADMINISTRATORS,
    "admin.limits_rung": ADMINISTRATORS,
    "admin.remove_rung": ADMINISTRATORS,
    "admin.add_calendar": ADMINISTRATORS,
    "admin.limits_calendar": ADMINISTRATORS,
    "admin.drop_calendar": ADMINISTRATORS,
    "admin.take_official_days": ADMINISTRATORS,
    "admin.import_days": ADMINISTRATORS,
    "admin.keep_days": ADMINISTRATORS,
    "admin.changes": ADMINISTRATORS,
    "admin.messages": ADMINISTRATORS,
    "admin.message": ADMINISTRATORS,
    "admin.send_again": ADMINISTRATORS,
    "admin.cancel_message": ADMINISTRATORS,
    "admin.send_all_again": ADMINISTRATORS,
    "admin.channels": ADMINISTRATORS,
    "admin.texts": ADMINISTRATORS,
    "admin.text": ADMINISTRATORS,
    "admin.reset_text": ADMINISTRATORS,
    "admin.webhooks": ADMINISTRATORS,
    "admin.add_webhook": ADMINISTRATORS,
    "admin.webhook": ADMINISTRATORS,
    "admin.renew_secret": ADMINISTRATORS,
    "admin.test_webhook": ADMINISTRATORS,
    "admin.sink": ADMINISTRATORS,
}

"""The pages: what every request passes through, and the blueprints of all rooms.

A page translates, authorizes, calls one verb, commits and answers; rules stay in `workflow/`.
"""

from collections.abc import Callable

from flask import Blueprint, Flask

from tickets.web import (
    admin,
    board,
    callbacks,
    clocks,
    complaints,
    customers,
    intake,
    paths,
    problems,
    quality,
    reports,
    shell,
    what_if,
)
from tickets.web.accounts import absences, guard, notifications, signed_in
from tickets.web.accounts import pages as auth
from tickets.web.board import wall
from tickets.web.files import attachments, exports
from tickets.web.operation import health, metrics, readiness
from tickets.web.queues import approvals, orders
from tickets.web.queues import pages as work
from tickets.web.reports import regulator
from tickets.web.shell import errors, headers, help, hosts, languages

# What every request passes through, in this order.
PARTS: tuple[Callable[[Flask], None], ...] = (
    hosts.init_app,
    metrics.init_app,
    headers.init_app,
    signed_in.init_app,
    readiness.init_app,
    languages.init_app,
    shell.init_app,
    notifications.init_app,
    errors.init_app,
    guard.init_app,
    auth.init_app,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    shell.blueprint,
    auth.blueprint,
    work.blueprint,
    callbacks.blueprint,
    approvals.blueprint,
    admin.blueprint,
    complaints.blueprint,
    exports.blueprint,
    clocks.blueprint,
    absences.blueprint,
    orders.blueprint,
    attachments.blueprint,
    intake.blueprint,
    customers.blueprint,
    help.blueprint,
    quality.blueprint,
    board.blueprint,
    wall.blueprint,
    what_if.blueprint,
    reports.blueprint,
    paths.blueprint,
    problems.blueprint,
    regulator.blueprint,
    notifications.blueprint,
)

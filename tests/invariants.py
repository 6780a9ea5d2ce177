"""What must be true of everything that is stored, in SQL that shares nothing with the code."""

from sqlalchemy import text

from tickets.database import db

OPEN = "('registered', 'in_progress', 'dispatched', 'waiting_customer', 'resolved')"
OPEN_ORDER = "('sent', 'accepted', 'arbitration')"
OPEN_ORDERS = f"""(SELECT COUNT(*) FROM work_order w
    WHERE w.complaint_id = c.id AND w.status IN {OPEN_ORDER})"""

NEVER = {
    "nobody active answers for it (OWN-01)": f"""c.status IN {OPEN} AND NOT EXISTS (
        SELECT 1 FROM person p WHERE p.id = c.responsible_id AND p.active)""",
    "the person answering for it may not (OWN-01)": f"""c.status IN {OPEN} AND NOT EXISTS (
        SELECT 1 FROM membership m WHERE m.person_id = c.responsible_id
        AND m.role IN ('front_desk', 'supervisor', 'executive'))""",
    "closed without the customer's word or an exception (CLO-01)": """c.status = 'closed'
        AND NOT EXISTS (SELECT 1 FROM callback_attempt a WHERE a.complaint_id = c.id
            AND a.cycle = c.cycle AND a.outcome IN ('accepted', 'understood')
            AND a.id = c.closing_attempt_id)
        AND NOT EXISTS (SELECT 1 FROM approval p WHERE p.complaint_id = c.id
            AND p.cycle = c.cycle AND p.state = 'granted' AND p.decided_by_id IS NOT NULL
            AND p.decided_by_id <> c.responsible_id AND p.decided_by_id <> p.requested_by_id
            AND p.id = c.closing_approval_id)""",
    "is closed unheard by somebody who handled it (CLO-01)": """c.status = 'closed'
        AND EXISTS (SELECT 1 FROM approval p WHERE p.id = c.closing_approval_id
            AND (p.decided_by_id IN (SELECT a.by_id FROM answer a
                    WHERE a.complaint_id = c.id AND a.by_id IS NOT NULL)
                OR p.decided_by_id IN (SELECT a.by_id FROM callback_attempt a
                    WHERE a.complaint_id = c.id)
                OR p.decided_by_id IN (SELECT n.by_id FROM notice n
                    WHERE n.complaint_id = c.id)
                OR p.decided_by_id IN (SELECT r.person_id FROM responsibility r
                    WHERE r.complaint_id = c.id)))""",
    "counts a call or a letter that its own author confirmed (P6, P8)": """EXISTS (
            SELECT 1 FROM attempt_confirmation k JOIN callback_attempt a ON a.id = k.attempt_id
            WHERE k.complaint_id = c.id AND k.by_id = a.by_id)
        OR EXISTS (SELECT 1 FROM notice_posting k JOIN notice n ON n.id = k.notice_id
            WHERE k.complaint_id = c.id AND k.by_id = n.by_id)""",
    "rests on a closing without being closed": """c.status <> 'closed' AND
        (c.closing_attempt_id IS NOT NULL OR c.closing_approval_id IS NOT NULL
        OR c.closing_holds IS NOT NULL OR c.closed_at IS NOT NULL)""",
    "has an open order without being dispatched": f"c.status <> 'dispatched' AND {OPEN_ORDERS} > 0",
    "is dispatched without an open work order": f"c.status = 'dispatched' AND {OPEN_ORDERS} = 0",
    "is resolved without a callback that is due": """c.status = 'resolved' AND NOT EXISTS (
        SELECT 1 FROM callback k WHERE k.complaint_id = c.id AND k.cycle = c.cycle
        AND k.due_since IS NOT NULL AND k.done_at IS NULL)""",
    "is resolved without an answer": """c.status = 'resolved' AND NOT EXISTS (
        SELECT 1 FROM answer a WHERE a.complaint_id = c.id AND a.cycle = c.cycle)""",
    "has ended and still owes a callback": f"""c.status NOT IN {OPEN} AND EXISTS (
        SELECT 1 FROM callback k WHERE k.complaint_id = c.id AND k.done_at IS NULL)""",
    "has more than one transfer waiting, or one after its end": f"""(SELECT COUNT(*)
        FROM transfer t WHERE t.complaint_id = c.id AND t.state = 'pending')
        > CASE WHEN c.status IN {OPEN} THEN 1 ELSE 0 END""",
    "has more than one request waiting, or one without being resolved": """(SELECT COUNT(*)
        FROM approval p WHERE p.complaint_id = c.id AND p.state = 'pending')
        > CASE WHEN c.status = 'resolved' THEN 1 ELSE 0 END""",
    "is at an impossible level": "c.level NOT BETWEEN 0 AND 3",
    "counts its events wrongly": """c.event_count <> (
        SELECT COUNT(*) FROM event e WHERE e.complaint_id = c.id)""",
    "waits without a follow-up date": """c.status = 'waiting_customer'
        AND (c.follow_up_at IS NULL OR c.wait_reason IS NULL OR c.waiting_since IS NULL)""",
    "is merged into nothing": "c.status = 'merged' AND c.merged_into_id IS NULL",
    "is merged into something and lives": "c.status <> 'merged' AND c.merged_into_id IS NOT NULL",
    "does not end at something that is not merged": """c.status = 'merged' AND NOT EXISTS (
        WITH RECURSIVE road(id, next, status) AS (
            SELECT x.id, x.merged_into_id, x.status FROM complaint x WHERE x.id = c.id
            UNION SELECT y.id, y.merged_into_id, y.status FROM complaint y
            JOIN road ON y.id = road.next)
        SELECT 1 FROM road WHERE status <> 'merged')""",
    "starts later than what lives on in it": """EXISTS (SELECT 1 FROM complaint d
        WHERE d.merged_into_id = c.id AND d.started_at < c.started_at)""",
    "counts fewer cycles than reopenings": "c.cycle <= c.reopens",
}
"""What may not be true of any complaint `c`."""

ORDERS_NEVER = {
    "has ended without a time": f"w.status NOT IN {OPEN_ORDER} AND w.ended_at IS NULL",
    "is open with a time of its end": f"w.status IN {OPEN_ORDER} AND w.ended_at IS NOT NULL",
    "is accepted by nobody": "w.status = 'accepted' AND w.handler_id IS NULL",
    "was sent back more often than once": "w.rejections > 1",
    "was returned although the department was bound": "w.status = 'returned' AND w.bound",
}


def objections_to_the_desk() -> list[str]:
    """Everything that is stored and must not be; empty when all is well. One query."""
    parts = [
        f"SELECT '{what}' AS what, c.number FROM complaint c WHERE {never}"  # noqa: S608
        for what, never in NEVER.items()
    ]
    parts += [
        f"SELECT 'an order {what}', c.number FROM work_order w"  # noqa: S608
        f" JOIN complaint c ON c.id = w.complaint_id WHERE {never}"
        for what, never in ORDERS_NEVER.items()
    ]
    query = " UNION ALL ".join(parts).replace("customer's", "customer''s")
    return [f"{number} {what}" for what, number in db.session.execute(text(query))]

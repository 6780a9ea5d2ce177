"""Messages: who is told what, by which way, in which words (design §6).

    messages.tell(person_id, "dispatched", now=now, once=f"event:{event.id}", complaint=complaint,
                  values={"unit": order.unit.names})
    messages.tell_customer(complaint, "registered", now=now, once=…, values={"due": due})
    messages.announce("complaint.closed", complaint, now=now, once=…)
    messages.cancel(f"event:{event.id}", now=now)

All of them write rows into the caller's transaction. `tickets.delivery.carry` delivers later.
"""

from tickets.messages.telling import announce, cancel, tell, tell_customer, tell_customer_at

__all__ = ["announce", "cancel", "tell", "tell_customer", "tell_customer_at"]

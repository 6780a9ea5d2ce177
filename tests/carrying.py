"""Messages put into the outbox and carried, as tests of delivery do it, and who answers badly."""

import socket
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.conftest import Transaction
from tests.gateways import Answer
from tickets.database import db, new_id
from tickets.delivery import carry
from tickets.delivery.carry import deliver_due
from tickets.models import Message
from workflow.words import MessageChannel, MessageState

Configure = Callable[..., None]


def queued(now: datetime, once: str = "m1", **said: Any) -> UUID:
    key = new_id()
    db.session.add(
        Message(
            **{
                "id": key,
                "once": once,
                "channel": MessageChannel.SMS,
                "topic": "registered",
                "address": "+8613912345678",
                "body": "Your complaint is registered.",
                "state": MessageState.QUEUED,
                "send_at": now,
                "created_at": now,
                "attempts": 0,
                **said,
            }
        )
    )
    db.session.flush()
    return key


def put(transaction: Transaction, now: datetime, **said: Any) -> UUID:
    with transaction():
        return queued(now, **said)


def carried(app: Flask, now: datetime) -> carry.Carried:
    with app.app_context():
        return deliver_due(now)


def row(app: Flask, key: UUID) -> Message:
    with app.app_context():
        found = db.session.scalar(select(Message).where(Message.id == key))
        assert found is not None
        list(found.deliveries)
        db.session.expunge_all()
        return found


def said_by(*answers: Answer) -> Callable[[dict[str, Any]], Answer]:
    """These answers one after the other, the last for ever."""
    left = list(answers)
    return lambda _said: left.pop(0) if len(left) > 1 else left[0]


def silent(caller: socket.socket) -> None:
    time.sleep(30)


def dawdling(caller: socket.socket) -> None:
    """One byte of an answer now and then: every single read is in time."""
    for sign in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000:
        caller.sendall(bytes([sign]))
        time.sleep(0.2)


def nonsense(caller: socket.socket) -> None:
    caller.recv(65536)
    caller.sendall(b"\x00\xffhello\r\n\r\n")


def rude(caller: socket.socket) -> None:
    caller.close()

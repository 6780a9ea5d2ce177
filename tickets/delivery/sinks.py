"""The demo's own mail server and SMS gateway: what is sent can be read, and leaves never.

Started by `flask serve` in a demo only, on loopback, on ports that are free.
"""

import email
import json
import logging
import secrets
import socket
import threading
from dataclasses import dataclass
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from flask import Flask
from sqlalchemy import exists, select

from tickets.clock import now
from tickets.config import Config, Mode
from tickets.database import db, new_id, writing
from tickets.models import SinkMessage
from workflow.words import MessageChannel

LOOPBACK = "127.0.0.1"
LONGEST = 1024 * 1024

log = structlog.get_logger("shouwen.messages")


@dataclass(frozen=True)
class Sinks:
    """Where they listen; `token` is what the SMS sink wants to be told."""

    smtp_port: int
    sms_port: int
    token: str
    mail: Controller
    sms: ThreadingHTTPServer

    def stop(self) -> None:
        self.mail.stop()
        self.sms.shutdown()
        self.sms.server_close()


def start_sinks(app: Flask) -> Sinks | None:
    """Start both, or nothing when this is no demo. A demo without them runs all the same."""
    settings: Config = app.extensions["config"]
    if settings.shouwen_env is not Mode.DEMO:
        return None
    try:
        sinks = _start(app)
    except OSError as error:
        log.warning("no sink for the demo's messages", error=str(error))
        return None
    app.extensions["sinks"] = sinks
    return sinks


def _start(app: Flask) -> Sinks:
    # The library notes every line of every connection.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    token = secrets.token_urlsafe(24)
    sms = ThreadingHTTPServer((LOOPBACK, 0), _sms_handler(app, token))
    sms.daemon_threads = True
    port = _free_port()
    mail = Controller(_MailHandler(app), hostname=LOOPBACK, port=port, ready_timeout=10)
    mail.start()
    threading.Thread(target=sms.serve_forever, name="sms sink", daemon=True).start()
    return Sinks(port, sms.server_port, token, mail, sms)


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as found:
        return int(found.getsockname()[1])


class _MailHandler:
    def __init__(self, app: Flask) -> None:
        self.app = app

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: object, _session: object, envelope: Envelope
    ) -> str:
        letter = email.message_from_bytes(_bytes_of(envelope), policy=default)
        body = letter.get_body(("plain",))
        for address in envelope.rcpt_tos:
            _keep(
                self.app,
                channel=MessageChannel.EMAIL,
                address=address[:300],
                subject=str(letter["Subject"] or "")[:300],
                body=body.get_content() if body is not None else "",
                once=str(letter["X-Shouwen-Id"] or "")[:200],
            )
        return "250 kept for reading"


def _bytes_of(envelope: Envelope) -> bytes:
    content = envelope.content
    return content.encode() if isinstance(content, str) else content or b""


def _sms_handler(app: Flask, token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            if self.headers.get("Authorization") != f"Bearer {token}":
                self._answer(401, {"accepted": False})
                return
            length = min(int(self.headers.get("Content-Length") or 0), LONGEST)
            said = json.loads(self.rfile.read(length))
            _keep_once(app, str(said["id"]), str(said["to"]), str(said["text"]))
            self._answer(200, {"accepted": True})

        def _answer(self, status: int, said: dict[str, bool]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            return

    return Handler


def _keep_once(app: Flask, once: str, to: str, text: str) -> None:
    """As the contract asks of a gateway: the same id again is accepted, and nothing sent twice."""
    with app.app_context():
        if db.session.scalar(select(exists().where(SinkMessage.once == once))):
            return
    _keep(app, channel=MessageChannel.SMS, address=to[:300], subject="", body=text, once=once[:200])


def _keep(app: Flask, **said: object) -> None:
    with app.app_context(), writing():
        db.session.add(SinkMessage(id=new_id(), at=now(), **said))
        db.session.commit()

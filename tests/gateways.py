"""Machines on the other side, for tests: they answer, refuse, hang or talk nonsense, and keep
what they got. Real sockets on this machine; nothing leaves it.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ACCEPTED = (200, {}, '{"accepted": true}')
Answer = tuple[int, dict[str, str], str]


@dataclass
class Gateway:
    """`answer` decides by what was got; `got` is every request as (headers, body)."""

    answer: Callable[[dict[str, Any]], Answer] = lambda said: ACCEPTED
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sms"

    @property
    def ids(self) -> list[str]:
        return [json.loads(body)["id"] for _headers, body in self.got]


@contextmanager
def gateway(answer: Callable[[dict[str, Any]], Answer] | None = None) -> Iterator[Gateway]:
    """A gateway for SMS or webhooks."""
    known = Gateway(answer) if answer else Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            known.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status, headers, text = known.answer(json.loads(body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_said: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    known.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def line(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port behind which `talk` does as it likes with every caller."""
    listening = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            try:
                caller, _address = listening.accept()
            except OSError:
                return
            threading.Thread(target=_talk, args=(talk, caller), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        stopped.set()
        listening.close()


def _talk(talk: Callable[[socket.socket], None], caller: socket.socket) -> None:
    with caller:
        try:
            talk(caller)
        except OSError:
            return


class MailServer:
    """Speaks enough SMTP to take letters; `refuse` answers RCPT for an address."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.refuse: dict[str, str] = {}

    def __call__(self, caller: socket.socket) -> None:
        file = caller.makefile("rwb")

        def say(text: str) -> None:
            file.write(f"{text}\r\n".encode())
            file.flush()

        say("220 test")
        for raw in file:
            said = raw.decode().strip()
            verb = said[:4].upper()
            if verb == "RCPT":
                say(next((no for to, no in self.refuse.items() if to in said), "250 ok"))
            elif verb == "DATA":
                say("354 go on")
                letter = []
                for part in file:
                    if part == b".\r\n":
                        break
                    letter.append(part.decode())
                self.letters.append("".join(letter))
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

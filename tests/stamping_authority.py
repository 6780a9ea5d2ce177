"""A time-stamping authority of the tests: openssl, behind a small server."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

SETTINGS = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
[req]
distinguished_name = name
prompt = no
x509_extensions = stamping
[name]
CN = authority of the tests
[stamping]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
"""


class Authority:
    """What it answers: `says` replaces it with something else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = folder / "tsa.cnf"
        self.settings.write_text(SETTINGS.format(folder=folder), "utf-8")
        (folder / "serial").write_text("01\n", "ascii")
        self.says: bytes | None = None
        self.status = 200
        self.url = ""
        subject = ["-config", str(self.settings), "-x509", "-newkey", "rsa:2048", "-nodes"]
        key, certificate = str(folder / "tsa.key"), str(folder / "tsa.pem")
        self._openssl("req", *subject, "-keyout", key, "-out", certificate, "-days", "2")

    def stamp(self, request: bytes) -> bytes:
        (self.folder / "query").write_bytes(request)
        asked = ["-queryfile", str(self.folder / "query"), "-config", str(self.settings)]
        self._openssl("ts", "-reply", *asked, "-out", str(self.folder / "reply"))
        return (self.folder / "reply").read_bytes()

    def verifies(self, text: str, reply: bytes) -> bool:
        """As an auditor would, with openssl and the authority's certificate."""
        (self.folder / "text").write_bytes(text.encode())
        (self.folder / "kept").write_bytes(reply)
        given = ["-data", str(self.folder / "text"), "-in", str(self.folder / "kept")]
        try:
            self._openssl("ts", "-verify", *given, "-CAfile", str(self.folder / "tsa.pem"))
        except subprocess.CalledProcessError:
            return False
        return True

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    known = Authority(folder)

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            answer = known.stamp(asked) if known.says is None else known.says
            self.send_response(known.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_said: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    known.url = f"http://127.0.0.1:{server.server_port}/"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

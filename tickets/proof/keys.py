"""The key that signs anchors: Ed25519, in a file outside the database."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


class KeyTrouble(RuntimeError):
    """The key file cannot be read, or is none."""


@dataclass(frozen=True)
class SigningKey:
    """A key, and its public half as anchors carry it."""

    private: Ed25519PrivateKey
    public: str

    def sign(self, body: str) -> str:
        return base64.b64encode(self.private.sign(body.encode())).decode()


def make_key(path: Path) -> str:
    """Put a new key into a file that only its owner reads; returns the public half. Raises
    FileExistsError: a key that signed anchors is never written over."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return _public(private)


def read_key(path: str) -> SigningKey | None:
    """The key of the configuration; None when none is configured. Raises KeyTrouble."""
    if not path:
        return None
    try:
        private = load_pem_private_key(Path(path).read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyTrouble(f"{path}: {error}") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyTrouble(f"{path} holds no Ed25519 key")
    return SigningKey(private, _public(private))


def signature_holds(public: str, signature: str, body: str) -> bool:
    """Whether this key signed this text; False for anything that is no key or no signature."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), body.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _public(private: Ed25519PrivateKey) -> str:
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()

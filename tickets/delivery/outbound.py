"""Calling other machines by HTTP: to an address that was checked, in limited time (S-40).

The standard library's client, because the connection must go to the very address that was
checked, follow no redirect, and be cut off in the middle when the other side dawdles.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

from workflow.reasons import Reason, Refused
from workflow.words import N_

LONGEST_ANSWER = 64 * 1024
PORTS = {"http": 80, "https": 443}
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = ip_network("64:ff9b::/96")
NAT64_LOCAL = ip_network("64:ff9b:1::/48")
COMPATIBLE = ip_network("::/96")
ISATAP = frozenset({0x00005EFE, 0x02005EFE})
LOW_32 = 0xFFFFFFFF
BEHIND_IN_NAT64 = (40, 32, 24)
"""How many bits follow the address of version 4 behind a prefix of 48, 56 and 64 (RFC 6052), bits
64 to 71 left out. Which prefix a network of its own uses is not to be seen from an address."""

METADATA = tuple(
    ip_network(each)
    for each in (
        "169.254.0.0/16",  # link-local: Amazon, Azure, Google, Oracle, OpenStack, Tencent
        "fe80::/10",  # link-local
        "fd00:ec2::/32",  # Amazon
        "fd20:ce::254/128",  # Google
        "100.100.100.200/32",  # Alibaba
        "168.63.129.16/32",  # Azure's host, a public address that is not
        "192.0.0.192/32",  # Oracle, of before
        "0.0.0.0/8",  # this machine, by another name
        "::/128",  # the same
    )
)
"""Where clouds tell machines their keys. No list of allowed networks opens these."""


class Unanswered(Exception):
    """No answer came: no connection, not in time, or nothing that is HTTP."""


@dataclass(frozen=True)
class Target:
    """An address of the web, and the one machine that it stood for when it was checked."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str
    content: bytes = b""
    """What `text` was read from, for answers that are no text."""


def checked_target(url: str, *, allowed: Sequence[str]) -> Target:
    """The machine behind an address that somebody typed; raises Refused when it is not public.

    `allowed` names private networks that may be reached all the same; link-local addresses, where
    clouds keep their metadata, never may.
    """
    scheme, host, port, path = _parts(url)
    machines = _resolved(host, port)
    networks = [ip_network(each) for each in allowed]
    inside = [all(_is_in(each, networks) for each in reached(machine)) for machine in machines]
    open_to_all = [not _is_internal(each) for each in machines]
    known = all(one or other for one, other in zip(inside, open_to_all, strict=True))
    if not known or any(_is_metadata(each) for each in machines):
        raise Refused([_internal()])
    if scheme != "https" and not all(inside):
        raise Refused([Reason("insecure", N_("The address must begin with https://."), {}, "url")])
    return Target(scheme, host, port, path, str(machines[0]))


def trusted_target(url: str) -> Target:
    """The machine behind an address of the configuration, wherever it is but in the metadata."""
    scheme, host, port, path = _parts(url)
    machines = _resolved(host, port)
    if any(_is_metadata(each) for each in machines):
        raise Refused([_internal()])
    return Target(scheme, host, port, path, str(machines[0]))


def post(target: Target, body: bytes, headers: Mapping[str, str], *, timeout: float) -> Reply:
    """Send and read the answer, in no more than twice `timeout`; raises Unanswered."""
    connection = _Connection(target, timeout)
    try:
        with cut_off(2 * timeout, lambda: connection.sock):
            connection.request("POST", target.path, body, {**headers, "Connection": "close"})
            answer = connection.getresponse()
            content = answer.read(LONGEST_ANSWER)
    except (OSError, HTTPException, ValueError) as error:
        raise Unanswered(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()
    known = {name.lower(): value for name, value in answer.getheaders()}
    return Reply(answer.status, known, content.decode("utf-8", "replace"), content)


@contextmanager
def cut_off(seconds: float, line: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Hang up after so many seconds: a time-out per read lets one byte at a time go on for ever."""

    def hang_up() -> None:
        connected = line()
        if connected is None:
            return
        try:
            connected.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it had ended just now

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _Connection(HTTPConnection):
    """To the machine that was checked, under the name that was typed."""

    def __init__(self, target: Target, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self._target = target

    def connect(self) -> None:
        self.sock = socket.create_connection((self._target.ip, self._target.port), self.timeout)
        if not self._target.is_secure:
            return
        # The handshake after the line is known here, so that it can be hung up on as well.
        self.sock = ssl.create_default_context().wrap_socket(
            self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()


def _parts(url: str) -> tuple[str, str, int, str]:
    wrong = Refused([Reason("url", N_("This is not an address of the web."), {}, "url")])
    if any(sign.isspace() or not sign.isprintable() for sign in url) or not url.isascii():
        raise wrong
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise wrong from error
    if parts.scheme not in PORTS or not host or parts.username or parts.password:
        raise wrong
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or PORTS[parts.scheme], path


def _resolved(host: str, port: int) -> list[Address]:
    """Every machine of that name; one bad among them is reason enough to refuse."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused(
            [Reason("unknown_host", N_("No machine of this name is known."), {}, "url")]
        ) from error
    return [ip_address(str(each[4][0]).partition("%")[0]) for each in found]


def reached(address: Address) -> tuple[Address, ...]:
    """What a connection to this address may really reach: the addresses of version 4 that are
    dressed in it, each of several possible ones; else itself."""
    if isinstance(address, IPv4Address):
        return (address,)
    plain = int(address)
    dressed = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64 or address in NAT64_LOCAL or (address in COMPATIBLE and plain > 1):
        dressed.append(IPv4Address(plain & LOW_32))
    if address in NAT64_LOCAL:
        squeezed = plain >> 64 << 56 | plain & (1 << 56) - 1
        dressed += [IPv4Address(squeezed >> behind & LOW_32) for behind in BEHIND_IN_NAT64]
    if (plain >> 32 & LOW_32) in ISATAP:
        dressed.append(IPv4Address(plain & LOW_32))
    return tuple(each for each in dressed if each is not None) or (address,)


def _internal() -> Reason:
    return Reason("internal", N_("This address is inside a private network."), {}, "url")


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in each for each in networks)


def _is_metadata(address: Address) -> bool:
    return any(_is_in(each, METADATA) for each in (address, *reached(address)))


def _is_internal(address: Address) -> bool:
    """Loopback, private, link-local, metadata, reserved: all that the internet does not route,
    also when it is dressed as an address of version 6."""
    ways = reached(address)
    if ways != (address,):
        return _is_tunnel(address) or any(_is_internal(each) for each in ways)
    return not address.is_global or address.is_multicast


def _is_tunnel(address: Address) -> bool:
    """Whether somebody else's machine decides where it leads."""
    return isinstance(address, IPv6Address) and (
        address.teredo is not None or address in NAT64_LOCAL or address in COMPATIBLE
    )

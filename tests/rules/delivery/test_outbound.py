"""Which machines may be called: what is inside stays inside, however it is dressed (S-40)."""

import pytest

from tickets.delivery.outbound import checked_target, trusted_target
from workflow.reasons import Refused

METADATA = ["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "0.0.0.0"]
EVERYTHING = ("0.0.0.0/0", "::/0")


def words(address: str) -> tuple[str, str]:
    """The four bytes as two groups of an address of version 6."""
    one, two, three, four = (int(each) for each in address.split("."))
    return f"{one:02x}{two:02x}", f"{three:02x}{four:02x}"


def dresses(address: str) -> list[str]:
    """Every way known to write an address of version 4 as one of version 6."""
    high, low = words(address)
    return [
        f"::ffff:{high}:{low}",
        f"::ffff:{address}",
        f"::{address}",
        f"64:ff9b::{high}:{low}",
        f"64:ff9b:1::{high}:{low}",
        f"64:ff9b:1:{high}:{low[:2]}:{low[2:]}00::",
        f"64:ff9b:1:{high[:2]}:{high[2:]}:{low}::",
        f"64:ff9b:1:0:{high[:2]}:{high[2:]}{low[:2]}:{low[2:]}00:0",
        f"2002:{high}:{low}::1",
        f"2001:0:{high}:{low}::1",
        f"2001:0:808:808:0:0:{int(high, 16) ^ 0xFFFF:x}:{int(low, 16) ^ 0xFFFF:x}",
        f"2a00:1450::5efe:{high}:{low}",
        f"2a00:1450::200:5efe:{high}:{low}",
    ]


def refused(host: str, allowed: tuple[str, ...] = ()) -> bool:
    url = f"https://[{host}]/" if ":" in host else f"https://{host}/"
    try:
        checked_target(url, allowed=allowed)
    except Refused as refusal:
        assert [reason.code for reason in refusal.reasons] == ["internal"]
        return True
    return False


@pytest.mark.parametrize(
    "host",
    [*METADATA, *(each for plain in METADATA for each in dresses(plain))]
    + ["fe80::1", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "::", "192.0.0.192"],
)
def test_no_list_of_networks_opens_what_clouds_keep(host: str) -> None:
    assert refused(host)
    assert refused(host, EVERYTHING)
    assert refused(host, ("169.254.0.0/16", "100.64.0.0/10", "fd00::/8", "64:ff9b::/32"))


@pytest.mark.parametrize(
    "host",
    [
        plain_or_dressed
        for plain in ("127.0.0.1", "10.0.0.5", "172.16.1.1", "192.168.1.1", "100.64.0.1")
        for plain_or_dressed in (plain, *dresses(plain))
    ],
)
def test_what_is_inside_is_refused_however_it_is_dressed(host: str) -> None:
    assert refused(host)


@pytest.mark.parametrize("host", ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203"])
def test_a_network_that_is_allowed_is_reached_by_each_of_its_names(host: str) -> None:
    assert not refused(host, ("10.1.0.0/16",))
    assert refused(host, ("10.2.0.0/16",))
    assert refused("::ffff:10.2.0.1", ("::ffff:0:0/96",)), "the dress opens nothing"


@pytest.mark.parametrize("host", ["8.8.8.8", "2a00:1450:4001::1", "::ffff:8.8.8.8"])
def test_what_is_public_is_reached(host: str) -> None:
    assert not refused(host)


@pytest.mark.parametrize("host", [*METADATA, *dresses("169.254.169.254"), "fd00:ec2::254"])
def test_not_even_the_configuration_leads_to_the_metadata(host: str) -> None:
    url = f"http://[{host}]/" if ":" in host else f"http://{host}/"
    with pytest.raises(Refused):
        trusted_target(url)
    assert trusted_target("http://127.0.0.1:8080/").port == 8080

"""What the environment must say before anything is served."""

from pathlib import Path

import pytest

from app import create_app
from tickets.config import ConfigurationError, Mode, configuration_table, read_config
from tickets.operation.serving import is_loopback

PRODUCTION = {
    "SECRET_KEY": "a long and random secret",
    "DATABASE_URL": "sqlite:////tmp/none.db",
    "BASE_URL": "https://complaints.example.com/",
}


def test_production_is_the_default_and_names_everything_it_misses() -> None:
    with pytest.raises(ConfigurationError, match="Set SECRET_KEY and DATABASE_URL"):
        read_config({})


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_URL"])
def test_production_needs_both(missing: str) -> None:
    said = {name: value for name, value in PRODUCTION.items() if name != missing}

    with pytest.raises(ConfigurationError, match=f"Set {missing} "):
        read_config(said)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="SECRET_KEY is shorter"):
        read_config({**PRODUCTION, "SECRET_KEY": "dev"})


def test_what_cannot_be_read_is_named() -> None:
    with pytest.raises(ConfigurationError, match="PORT='http' is not understood"):
        read_config({**PRODUCTION, "PORT": "http"})
    with pytest.raises(ConfigurationError, match="SHOUWEN_ENV='staging'"):
        read_config({**PRODUCTION, "SHOUWEN_ENV": "staging"})


def test_a_demo_makes_its_secret_once_and_keeps_it(tmp_path: Path) -> None:
    first = read_config({"SHOUWEN_ENV": "demo"}, tmp_path)
    second = read_config({"SHOUWEN_ENV": "demo"}, tmp_path)

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) > 40
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_each_mode_has_its_own_database(tmp_path: Path) -> None:
    urls = {
        read_config({"SHOUWEN_ENV": mode}, tmp_path).database_url for mode in ("demo", "testing")
    }

    assert urls == {f"sqlite:///{tmp_path}/demo.db", f"sqlite:///{tmp_path}/testing.db"}


def test_cookies_are_guarded_and_secure_in_production() -> None:
    flask = read_config(PRODUCTION).for_flask()

    assert flask["SESSION_COOKIE_SECURE"] is True
    assert flask["SESSION_COOKIE_HTTPONLY"] is True
    assert flask["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert flask["SHOUWEN_ENV"] == Mode.PRODUCTION


def test_a_demo_answers_to_this_machines_names_only(tmp_path: Path) -> None:
    app = create_app({"SHOUWEN_ENV": "demo", "DATABASE_URL": f"sqlite:///{tmp_path}/demo.db"})
    client = app.test_client()

    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/healthz", headers={"Host": "localhost:8000"}).status_code == 503


def test_production_answers_to_the_name_in_its_address_only() -> None:
    """S-26: nobody had to think of TRUSTED_HOSTS."""
    client = create_app({**PRODUCTION, "SHOUWEN_ENV": "production"}).test_client()

    def asked_as(name: str) -> int:
        with client.get("/static/shouwen.css", headers={"Host": name}) as answer:
            return answer.status_code

    assert asked_as("evil.example") == 400
    assert asked_as("complaints.example.com.evil.example") == 400
    assert asked_as("complaints.example.com") == 200
    assert asked_as("complaints.example.com:8443") == 200


def test_the_names_that_were_set_are_the_names() -> None:
    told = {**PRODUCTION, "TRUSTED_HOSTS": "desk.example, .branch.example"}
    assert read_config(told).trusted_hosts == ("desk.example", ".branch.example")
    v6 = {**PRODUCTION, "BASE_URL": "https://[2001:db8::1]:8443"}
    assert read_config(v6).trusted_hosts == ("[2001:db8::1]",)


@pytest.mark.parametrize("address", ["", "https://", "https:///desk", "http://:8000"])
def test_production_without_any_name_does_not_start(address: str) -> None:
    with pytest.raises(ConfigurationError, match="BASE_URL"):
        read_config({**PRODUCTION, "BASE_URL": address})


def test_the_table_of_settings_shows_every_setting() -> None:
    table = configuration_table()

    assert "| `DATABASE_URL` |" in table
    assert "| `PORT` | `8000` |" in table


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.5", False),
        ("desk.example", False),
        ("", False),
    ],
)
def test_which_addresses_only_this_machine_reaches(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback

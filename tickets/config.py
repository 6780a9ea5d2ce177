"""Configuration: everything the environment may say, in one class."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click
from babel.numbers import get_currency_precision, list_currencies
from flask import current_app

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 16
CONNECT_TIMEOUT_SECONDS = 5
"""How long a PostgreSQL server may take to answer; `connect_timeout` in DATABASE_URL goes first."""
Value = TypeVar("Value")
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Mode(StrEnum):
    """What an installation is for (SHOUWEN_ENV)."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    DEMO = "demo"
    TESTING = "testing"


class Carrier(StrEnum):
    """Who runs jobs (JOBS)."""

    EMBEDDED = "embedded"
    PROCRASTINATE = "procrastinate"
    NONE = "none"


class SmtpSecurity(StrEnum):
    """How the way to the mail server is protected (SMTP_SECURITY)."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class ConfigurationError(click.ClickException):
    """The environment does not say enough, or contradicts itself; the message says what to set."""


def _setting(reads: Callable[[str], Value], default: Value, says: str) -> Value:
    return field(default=default, metadata={"reads": reads, "says": says})


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _networks(value: str) -> tuple[str, ...]:
    return tuple(str(ip_network(name)) for name in _names(value))


def _address(value: str) -> str:
    if not value.startswith(("https://", "http://")) or not _host_of(value):
        raise ValueError("an address begins with https:// and a name")
    return value.rstrip("/")


def _host_of(address: str) -> str:
    """The name in an address, as a request for it says it: an address of version 6 in brackets."""
    name = urlsplit(address).hostname or ""
    return f"[{name}]" if ":" in name else name


def _language(value: str) -> str:
    if value not in ("zh_Hans", "zh_Hant", "en"):
        raise ValueError("no such language")
    return value


def _currency(value: str) -> str:
    if value not in list_currencies():
        raise ValueError("no such currency")
    return value


@dataclass(frozen=True)
class Config:
    """The settings, each read from the environment variable of the same name in capitals.

    In production nothing is guessed: SECRET_KEY and DATABASE_URL must be set, and BASE_URL or
    TRUSTED_HOSTS.
    `docs/configuration.md` is written from this class by `flask configuration`.
    """

    shouwen_env: Mode = _setting(
        Mode, Mode.PRODUCTION, "`production`, `development`, `demo` or `testing`."
    )
    secret_key: str = _setting(
        str,
        "",
        "Signs cookies and form tokens. Required in production;"
        " elsewhere made once and kept in the instance folder.",
    )
    database_url: str = _setting(
        str,
        "",
        "`postgresql+psycopg://user:password@host/name` or `sqlite:////path/file.db`."
        " `?connect_timeout=` says how many seconds PostgreSQL may take to answer, 5 if not said."
        " Required in production; elsewhere a SQLite file in the instance folder.",
    )
    host: str = _setting(str, "127.0.0.1", "Address that `flask serve` listens on.")
    port: int = _setting(int, 8000, "Port that `flask serve` listens on.")
    threads: int = _setting(int, 8, "Requests that `flask serve` answers at the same time.")
    trusted_hosts: tuple[str, ...] = _setting(
        _names,
        (),
        "Names the site answers to, comma-separated, a leading dot for sub-domains;"
        " a request for any other name gets 400. Empty: the name in BASE_URL in production, this"
        " machine's own names in a demo, any name elsewhere.",
    )
    trusted_proxies: int = _setting(
        int,
        0,
        "Number of reverse proxies in front whose X-Forwarded headers are believed. 0: none.",
    )
    max_content_length: int = _setting(
        int, 20 * 1024 * 1024, "Largest request, in bytes, uploads included."
    )
    default_timezone: str = _setting(
        str, "Asia/Shanghai", "Time zone in which people read and type times."
    )
    currency: str = _setting(
        _currency, "CNY", "ISO 4217 code of the currency in which compensation is granted."
    )
    log_level: str = _setting(str, "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`.")
    default_language: str = _setting(
        _language,
        "zh_Hans",
        "Language of messages to people who chose none: `zh_Hans`, `zh_Hant` or `en`.",
    )
    jobs: Carrier = _setting(
        Carrier,
        Carrier.EMBEDDED,
        "`embedded`: threads beside the web server, and `flask worker` anywhere on PostgreSQL;"
        " `procrastinate`: workers of that engine, on PostgreSQL; `none`: this process runs none.",
    )
    metrics_token: str = _setting(
        str, "", "Bearer token that `/metrics` asks for. Empty: there are no metrics."
    )
    base_url: str = _setting(
        _address,
        "",
        "Address of this site as people type it, `https://complaints.example.com`; links in"
        " messages begin with it. Empty: the address that `flask serve` listens on. In production"
        " this or TRUSTED_HOSTS must be set.",
    )
    smtp_host: str = _setting(str, "", "Mail server. Empty: e-mail is held in the outbox.")
    smtp_port: int = _setting(int, 587, "Port of the mail server.")
    smtp_security: SmtpSecurity = _setting(
        SmtpSecurity,
        SmtpSecurity.STARTTLS,
        "`starttls`, `tls` (from the first byte, mostly port 465) or `none`.",
    )
    smtp_user: str = _setting(str, "", "Account at the mail server. Empty: no sign-in.")
    smtp_password: str = _setting(str, "", "Its password.")
    mail_from: str = _setting(
        str, "shouwen@localhost", "Sender of e-mails, an address or `Name <address>`."
    )
    sms_gateway_url: str = _setting(
        str,
        "",
        "Address of the SMS gateway (docs/messages.md has its contract)."
        " Empty: SMS are held in the outbox.",
    )
    sms_gateway_token: str = _setting(str, "", "Token that the SMS gateway asks for.")
    send_timeout: int = _setting(int, 10, "Seconds after which one delivery is given up for now.")
    message_tries: int = _setting(
        int, 12, "Deliveries of one message before it waits for a person (about five hours)."
    )
    webhook_networks: tuple[str, ...] = _setting(
        _networks,
        (),
        "Networks that webhooks may reach although they are private, comma-separated,"
        " `10.1.0.0/16`. Everything else that is not public is refused.",
    )
    audit_key_file: str = _setting(
        str,
        "",
        "File of the key that signs anchors, made by `flask audit key`, to be kept apart from"
        " the database and its backups (docs/audit.md). Empty: anchors are not signed.",
    )
    audit_tsa_url: str = _setting(
        str, "", "Address of an RFC 3161 server that puts a time stamp on anchors. Empty: none."
    )

    @property
    def is_production(self) -> bool:
        return self.shouwen_env is Mode.PRODUCTION

    def for_flask(self) -> dict[str, object]:
        """The same settings under the names that Flask and its extensions read."""
        return {
            "SHOUWEN_ENV": self.shouwen_env.value,
            "TESTING": self.shouwen_env is Mode.TESTING,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self._for_engine(),
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.is_production,
            "TRUSTED_HOSTS": list(self.trusted_hosts) or None,
            "MAX_CONTENT_LENGTH": self.max_content_length,
            "BABEL_DEFAULT_TIMEZONE": self.default_timezone,
        }

    def _for_engine(self) -> dict[str, object]:
        # Errors are logged and kept with jobs; what customers said must not be among them.
        options: dict[str, object] = {"hide_parameters": True}
        if self.database_url.startswith("postgresql"):
            # Asked when taken from the pool: after a restart of the server all of them are dead.
            options["pool_pre_ping"] = True
            if "connect_timeout" not in self.database_url:
                options["connect_args"] = {"connect_timeout": CONNECT_TIMEOUT_SECONDS}
        return options


def read_config(
    environment: Mapping[str, object] | None = None, instance: Path = ROOT / "instance"
) -> Config:
    """The configuration of this process; raises ConfigurationError with what is to be set."""
    said = os.environ if environment is None else environment
    # Each value has the type of its own setting, which a dictionary cannot say.
    values: dict[str, Any] = {setting.name: _read(setting, said) for setting in fields(Config)}
    config = Config(**values)
    if not config.is_production:
        return _with_defaults(config, instance)
    _require(config)
    return replace(config, trusted_hosts=_names_of_the_site(config))


def _read(setting: Field[object], said: Mapping[str, object]) -> object:
    value = said.get(setting.name.upper())
    if value is None or value == "":
        return setting.default
    if not isinstance(value, str):
        return value
    try:
        read: object = setting.metadata["reads"](value)
        return read
    except ValueError as error:
        raise ConfigurationError(
            f"{setting.name.upper()}={value!r} is not understood: {setting.metadata['says']}"
        ) from error


def _require(config: Config) -> None:
    needed = {"SECRET_KEY": config.secret_key, "DATABASE_URL": config.database_url}
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise ConfigurationError(
            f"Set {' and '.join(missing)} in the environment."
            " For a try-out on this machine set SHOUWEN_ENV=demo instead (`make run` does)."
        )
    if len(config.secret_key) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters. Make one with:"
            " python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )


def _names_of_the_site(config: Config) -> tuple[str, ...]:
    """Without them a forged Host would get into links (S-26)."""
    if config.trusted_hosts:
        return tuple(config.trusted_hosts)
    if not config.base_url:
        raise ConfigurationError(
            "Set BASE_URL to the address of this site as people type it, such as"
            " https://complaints.example.com, or TRUSTED_HOSTS to the names it answers to."
        )
    return (_host_of(config.base_url),)


def _with_defaults(config: Config, instance: Path) -> Config:
    mode = config.shouwen_env
    database_file = f"sqlite:///{instance / mode.value}.db"
    usual_hosts = LOOPBACK_NAMES if mode is Mode.DEMO else ()
    return replace(
        config,
        database_url=config.database_url or database_file,
        secret_key=config.secret_key or _kept_secret(instance),
        trusted_hosts=config.trusted_hosts or usual_hosts,
    )


def _kept_secret(instance: Path) -> str:
    """A key made once per instance folder, so that a restart signs nobody out."""
    path = instance / "secret_key"
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    instance.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_urlsafe(48)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was faster; its key is as good
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret + "\n")
    return secret


def settings_now() -> Config:
    """The settings of the application at work."""
    settings: Config = current_app.extensions["config"]
    return settings


def site_address() -> str:
    """Where people find this site, without a slash at its end."""
    settings = settings_now()
    return settings.base_url or f"http://{settings.host}:{settings.port}"


def operators_zone() -> ZoneInfo:
    """The zone in which times are read, typed and reckoned: one for the whole installation."""
    return ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])


def minor_digits() -> int:
    """Decimal places of the installation's currency."""
    return get_currency_precision(settings_now().currency)


def configuration_table() -> str:
    """The settings as a Markdown table, for docs/configuration.md."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for setting in fields(Config):
        default = ",".join(setting.default) if setting.default == () else setting.default
        shown = f"`{default}`" if default not in ("", ()) else "–"
        rows.append(f"| `{setting.name.upper()}` | {shown} | {setting.metadata['says']} |")
    return "\n".join(rows) + "\n"

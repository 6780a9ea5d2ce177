"""E-mail by SMTP."""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from tickets.config import Config, SmtpSecurity
from tickets.delivery.outbound import cut_off
from tickets.delivery.parcels import Parcel
from tickets.messages.outbox import SendingOutcome

TEMPORARY = range(400, 500)
WHOLE = 4
"""A dialogue of several steps may take so many times one time-out."""


def send(parcel: Parcel, settings: Config) -> SendingOutcome:
    """Hand one e-mail to the mail server."""
    try:
        letter = composed(parcel, settings.mail_from)
    except ValueError as error:
        return SendingOutcome(False, said=f"cannot be written: {error}")
    try:
        _hand_over(letter, settings)
    except (OSError, smtplib.SMTPException) as error:
        return _trouble(error)
    return SendingOutcome(True, status=250)


def _trouble(error: Exception) -> SendingOutcome:
    """Whose fault it is decides whether it makes sense to come again."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return _refused(*next(iter(error.recipients.values())))
        case smtplib.SMTPDataError():
            return _refused(error.smtp_code, error.smtp_error)
        case smtplib.SMTPNotSupportedError():
            return SendingOutcome(False, said=f"the mail server cannot do this: {error}")
        case smtplib.SMTPResponseException():
            # Refused for what we are (account, sender), not for this letter: it can be mended.
            said = _text(error.smtp_error)
            return SendingOutcome(False, again=True, status=error.smtp_code, said=said)
    return SendingOutcome(False, again=True, said=f"{type(error).__name__}: {error}")


def composed(parcel: Parcel, sender: str) -> EmailMessage:
    """The letter. Its Message-ID is made from the key of the row, the same for every try."""
    letter = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # every server takes seven bits
    letter["From"] = sender
    letter["To"] = parcel.address
    letter["Subject"] = parcel.subject
    letter["Date"] = format_datetime(parcel.created_at)
    letter["Message-ID"] = f"<{parcel.id.hex}@{domain_of(sender)}>"
    letter["X-Shouwen-Id"] = parcel.key
    # So that no absence note answers, and no other machine's answer is answered (NOT-03).
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    letter.set_content(parcel.body)
    for each in parcel.files:
        kind, _, subkind = each.media_type.partition("/")
        letter.add_attachment(each.content, kind, subkind, filename=each.name)
    return letter


def domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def _hand_over(letter: EmailMessage, settings: Config) -> None:
    timeout = settings.send_timeout
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if settings.smtp_security is SmtpSecurity.TLS:
        server = smtplib.SMTP_SSL(timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(timeout=timeout)
    server._host = settings.smtp_host  # type: ignore[attr-defined]  # whose certificate it must be
    with cut_off(WHOLE * timeout, lambda: server.sock):
        try:
            server.connect(settings.smtp_host, settings.smtp_port)
            if settings.smtp_security is SmtpSecurity.STARTTLS:
                server.starttls(context=context)
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(letter)
        finally:
            server.close()


def _refused(code: int, said: bytes | str) -> SendingOutcome:
    return SendingOutcome(False, again=code in TEMPORARY, status=code, said=_text(said))


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said

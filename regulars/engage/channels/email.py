"""E-mail by SMTP: one connection for the messages of a claim, the same Message-ID at each try, RFC 8058's one click."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime
from functools import cache
from hashlib import sha256
from typing import Any

from regulars.engage.channel import SECONDS, Failed, Outcome, Outgoing, setting

BROKEN = (smtplib.SMTPServerDisconnected, OSError)  # ssl.SSLError and a time-out are OSErrors


@dataclass(frozen=True)
class Settings:
    """The server that takes the mail, and whom it comes from."""

    host: str = setting("SMTP server", needed=True)
    port: int = setting("port", 587)
    security: str = setting("security", "starttls", choices=("starttls", "tls", "none"))
    user: str = setting("user")
    password: str = setting("password", secret=True)
    sender: str = setting("sender's address", needed=True)
    sender_name: str = setting("sender's name")


class Email:
    """SMTP cannot be asked what became of a mail whose answer was lost, so it is not ``same_by_id`` (decision 0009)."""

    name = "email"
    label = "e-mail"
    reaches = ("email",)
    by_permission = False
    by_staff = False
    same_by_id = False
    setup: type[Any] = Settings

    def send(self, messages: Sequence[Outgoing], settings: Settings) -> Generator[Outcome, None, None]:
        """Send over one connection; an address or a message the server refuses for good (5xx) fails alone."""
        server = connect(settings)
        try:
            for message in messages:
                outcome = _send(server, message, settings)
                yield outcome
                if isinstance(outcome, Failed) and outcome.unknown:
                    raise Failed("the connection broke")
        finally:
            _leave(server)


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates this machine trusts; reading them takes longer than a mail."""
    return ssl.create_default_context()


def connect(settings: Settings) -> smtplib.SMTP:
    """A connection that is logged in; raises Failed where there is none to be had now."""
    if not settings.host or not settings.sender:
        raise Failed("the SMTP server or the sender's address is not set")
    try:
        server: smtplib.SMTP
        if settings.security == "tls":
            server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=SECONDS, context=_trusted())
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=SECONDS)
        if settings.security == "starttls":
            server.starttls(context=_trusted())
        if settings.user:
            server.login(settings.user, settings.password)
    except (smtplib.SMTPException, OSError) as error:
        raise Failed(f"the SMTP server does not let us in: {error}") from error
    return server


def _send(server: smtplib.SMTP, message: Outgoing, settings: Settings) -> Outcome:
    """Hand over one mail; what breaks before its text was sent broke in time, what breaks after it is unknown."""
    try:
        mail = written(message, settings).as_bytes(policy=SMTP)
    except (ValueError, IndexError, UnicodeError) as error:
        return Failed(f"this cannot be an e-mail: {error}", permanent=True)
    try:
        for code, said in (server.mail(settings.sender), server.rcpt(message.to)):
            if code >= 300:
                server.rset()
                return _refused(code, said)
    except UnicodeError as error:
        return Failed(f"this cannot be an address: {error}", permanent=True)
    except BROKEN as error:
        raise Failed(f"the connection broke: {error}") from error
    try:
        code, said = server.data(mail)
    except smtplib.SMTPDataError as error:  # refused before the text
        return _refused(error.smtp_code, error.smtp_error)
    except BROKEN as error:
        return Failed(f"the answer was lost: {error}", unknown=True)
    return "smtp" if code == 250 else _refused(code, said)


def _refused(code: int, said: bytes | str) -> Failed:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return Failed(f"{code} {words}", permanent=code >= 500)


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


def written(message: Outgoing, settings: Settings) -> EmailMessage:
    """The mail itself; its Message-ID follows from the message's id alone (RFC 5322), its way out is RFC 8058's.

    RFC 8058 wants an HTTPS address for one click; over plain HTTP only RFC 2369's header stands.
    """
    name, _, place = settings.sender.rpartition("@")
    mail = EmailMessage()
    mail["From"] = Address(settings.sender_name, name, place)
    mail["To"] = message.to
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = localtime()
    mail["Message-ID"] = f"<{sha256(message.id.encode()).hexdigest()[:40]}@{place}>"
    if message.way_out:
        mail["List-Unsubscribe"] = f"<{message.way_out}>"
        if message.way_out.startswith("https://"):
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.body, cte="base64" if not message.body.isascii() else "quoted-printable")
    return mail


CHANNEL = Email()

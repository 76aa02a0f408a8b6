"""E-mail by SMTP (RFC 5321): stable Message-ID, each delivery a connection of its own."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from services.notify.channels.handover import Handover, Parcel

TIMEOUT = 10.0
"""Seconds the mail server may stay silent."""


@dataclass
class Email:
    """A mail server: smtp://user:password@host:port?from=address, or smtps:// for TLS from the start."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    tls: bool = False

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Raises `ValueError` when the address is not usable."""
        parts = urlsplit(url)
        sender = parse_qs(parts.query).get("from", [""])[0]
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not sender:
            raise ValueError("CHENGBAO_SMTP_URL must look like smtp://user:password@host:port?from=address")
        return cls(
            parts.hostname,
            parts.port or (465 if parts.scheme == "smtps" else 25),
            sender,
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
            parts.scheme == "smtps",
        )

    def hand_over(self, parcel: Parcel) -> Handover:
        """One mail, one connection: a server dying in the middle harms this delivery only."""
        try:
            server = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            return Handover.failed(f"signing in to the mail server: {_words(error)}; check CHENGBAO_SMTP_URL")
        except (OSError, smtplib.SMTPException) as error:
            return Handover.failed(f"connecting to the mail server: {_words(error)}")
        try:
            return self._send(server, parcel)
        finally:
            server.close()

    def close(self) -> None:
        return None

    def _connect(self) -> smtplib.SMTP:
        """A signed-in connection; TLS, where the server offers it, only with a certificate that can be checked."""
        context = ssl.create_default_context()
        if self.tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            self._greet(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server.ehlo()
        if not self.tls and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if self.user:
            server.login(self.user, self.password or "")

    def _send(self, server: smtplib.SMTP, parcel: Parcel) -> Handover:
        try:
            for code, words in (server.mail(self.sender), server.rcpt(parcel.address)):
                if code >= 400:
                    return _answered(code, words)
        except UnicodeEncodeError:
            return Handover.refused("the address has characters a mail address cannot have; correct the contact")
        except (OSError, smtplib.SMTPException) as error:
            return Handover.failed(f"before the text of the mail: {_words(error)}")
        try:
            code, words = server.data(self.compose(parcel).as_bytes())
        except smtplib.SMTPDataError as error:
            return _answered(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            # From DATA on the server may have taken the mail although its answer never came.
            return Handover.lost(f"after the text of the mail: {_words(error)}")
        return Handover(True) if code < 400 else _answered(code, words)

    def compose(self, parcel: Parcel) -> EmailMessage:
        """The mail; line breaks in a subject are neutral, the Message-ID is the delivery's."""
        mail = EmailMessage(policy=SMTP_POLICY)
        mail["From"] = self.sender
        mail["To"] = parcel.address
        mail["Subject"] = " ".join(parcel.subject.split())
        mail["Message-ID"] = f"<{parcel.delivery_id}@{self.sender.rpartition('@')[2]}>"
        mail.set_content(parcel.content, charset="utf-8", cte="base64")
        return mail


def _answered(code: int, words: bytes | str) -> Handover:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    answer = f"the mail server answered {code} {text}"[:500]
    return Handover.refused(answer) if code >= 500 else Handover.failed(answer)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]

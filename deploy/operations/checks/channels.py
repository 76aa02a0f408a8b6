"""Whether mail and SMS are set up and their servers reachable. Nothing is sent."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator

from deploy.operations.findings import Finding, Level
from deploy.operations.installation import Installation
from services.notify.channels.email import Email
from services.notify.channels.sms import Sms

TIMEOUT = 5.0


def examine_channels(installation: Installation) -> Iterator[Finding]:
    environment = installation.environment("notify")
    yield _mail(environment.get("CHENGBAO_SMTP_URL", ""))
    yield _sms(environment.get("CHENGBAO_SMPP_URL", ""))


def _mail(url: str) -> Finding:
    if not url:
        return _captured("mail", "邮件", "CHENGBAO_SMTP_URL")
    try:
        server = Email.from_url(url)
        kind = smtplib.SMTP_SSL if server.tls else smtplib.SMTP
        with kind(server.host, server.port, timeout=TIMEOUT) as connection:
            connection.noop()
    except (ValueError, OSError, smtplib.SMTPException) as error:
        return _away("mail", "邮件服务器", "CHENGBAO_SMTP_URL", error)
    return Finding("mail", "notify", Level.OK, f"邮件服务器 {server.host}:{server.port} 应答")


def _sms(url: str) -> Finding:
    """A connection only: a second sign-in might end the service's own."""
    if not url:
        return _captured("sms", "短信", "CHENGBAO_SMPP_URL")
    try:
        centre = Sms.from_url(url)
        socket.create_connection((centre.host, centre.port), timeout=TIMEOUT).close()
    except (ValueError, OSError) as error:
        return _away("sms", "短信中心", "CHENGBAO_SMPP_URL", error)
    return Finding("sms", "notify", Level.OK, f"短信中心 {centre.host}:{centre.port} 可以连接")


def _captured(check: str, what: str, variable: str) -> Finding:
    return Finding(
        check,
        "notify",
        Level.WARNING,
        f"{what}未配置：消息只留在“消息”页，不会送到人手里",
        f"设置 {variable}（docs/operators/settings.md）。",
    )


def _away(check: str, what: str, variable: str, error: Exception) -> Finding:
    return Finding(
        check, "notify", Level.TROUBLE, f"{what}无法使用：{error}", f"检查 {variable}、网络和防火墙；消息会留存并重试。"
    )

"""Real peers on loopback: an SMTP server and an SMS centre that keep what they are given."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import smpp34
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from deploy.processes import free_port


@dataclass
class MailServer:
    """An SMTP server; addresses beginning with `later` get 451, with `never` 550, `dies` loses the final answer."""

    port: int = field(default_factory=free_port)
    mails: list[EmailMessage] = field(default_factory=list)

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?from=chengbao@city.example"

    async def handle_RCPT(  # the name aiosmtpd calls
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        for beginning, answer in (("later", "451 4.2.1 busy"), ("never", "550 5.1.1 no such user")):
            if address.startswith(beginning):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if envelope.rcpt_tos[0].startswith("dies"):
            server.transport.abort()
        return "250 OK"


@dataclass(frozen=True)
class ReceivedSms:
    """One submit_sm as the centre saw it."""

    address: str
    text: str
    header: bytes


@dataclass
class SmsCentre:
    """An SMPP 3.4 centre; `status_for` may answer an error status by destination address."""

    port: int = field(default_factory=free_port)
    messages: list[ReceivedSms] = field(default_factory=list)
    status_for: Callable[[str], int | None] = lambda address: None

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        return f"smpp://chengbao:secret@127.0.0.1:{self.port}?source=10690000"

    async def _serve(self) -> None:
        self._server = smpp34.Server("127.0.0.1", self.port, system_id="centre")
        await self._server.start()
        self._answering = asyncio.ensure_future(self._answer())

    async def _stop(self) -> None:
        self._answering.cancel()
        await asyncio.gather(self._answering, return_exceptions=True)
        await self._server.stop()

    async def _answer(self) -> None:
        while True:
            event = await self._server.next()
            if isinstance(event, smpp34.SubmitSmEvent):
                await self._take(event)

    async def _take(self, event: smpp34.SubmitSmEvent) -> None:
        status = self.status_for(event.destination_addr)
        if status is not None:
            answer = event.reject(status)
        else:
            size = event.short_message[0] + 1 if event.esm_class & 0x40 else 0
            header, text = event.short_message[:size], event.short_message[size:]
            self.messages.append(ReceivedSms(event.destination_addr, text.decode("utf-16-be"), header))
            answer = event.accept(str(len(self.messages)))
        if asyncio.iscoroutine(answer) or isinstance(answer, asyncio.Future):
            await answer

"""SMS by SMPP 3.4 through smpplib: bind as transmitter, one submit_sm a part, each answer awaited."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

import smpplib.client
import smpplib.consts
import smpplib.exceptions

from services.notify.channels.handover import Handover, Parcel
from services.notify.channels.segments import parts_of, with_header

TIMEOUT = 10
"""Seconds the SMS centre may stay silent."""

PASSING_STATUS = frozenset(
    {
        smpplib.consts.SMPP_ESME_RTHROTTLED,
        smpplib.consts.SMPP_ESME_RMSGQFUL,
        smpplib.consts.SMPP_ESME_RSYSERR,
    }
)
"""Answers that mean "later", not "never"."""


@dataclass
class Sms:
    """An SMS centre: smpp://system_id:password@host:port?source=number."""

    host: str
    port: int
    system_id: str
    password: str
    source: str
    _client: Any = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Raises `ValueError` when the address is not usable."""
        parts = urlsplit(url)
        source = parse_qs(parts.query).get("source", [""])[0]
        if parts.scheme != "smpp" or not parts.hostname or not parts.username or not source:
            raise ValueError("CHENGBAO_SMPP_URL must look like smpp://system_id:password@host:port?source=number")
        return cls(parts.hostname, parts.port or 2775, unquote(parts.username), unquote(parts.password or ""), source)

    def hand_over(self, parcel: Parcel) -> Handover:
        """All parts of one message; a link that breaks is dropped and made anew for the next message."""
        try:
            client = self._bound()
        except (OSError, smpplib.exceptions.PDUError, smpplib.exceptions.ConnectionError) as error:
            self.close()
            return Handover.failed(f"binding to the SMS centre: {_words(error)}")
        try:
            return self._submit(client, parcel)
        except (OSError, smpplib.exceptions.ConnectionError, smpplib.exceptions.PDUError) as error:
            self.close()
            return Handover.lost(f"waiting for the SMS centre's answer: {_words(error)}")

    def close(self) -> None:
        """Drop the link; the next message makes a new one."""
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()

    def _bound(self) -> Any:
        if self._client is None:
            client = smpplib.client.Client(self.host, self.port, timeout=TIMEOUT, allow_unknown_opt_params=True)
            self._client = client
            client.connect()
            client.bind_transmitter(system_id=self.system_id, password=self.password)
        return self._client

    def _submit(self, client: Any, parcel: Parcel) -> Handover:
        parts = parts_of(parcel.content)
        for number, part in enumerate(parts, 1):
            several = len(parts) > 1
            client.send_message(
                source_addr_ton=smpplib.consts.SMPP_TON_UNK if self.source.isdigit() else smpplib.consts.SMPP_TON_ALNUM,
                source_addr=self.source,
                dest_addr_ton=smpplib.consts.SMPP_TON_INTL,
                dest_addr_npi=smpplib.consts.SMPP_NPI_ISDN,
                destination_addr=parcel.address.lstrip("+"),
                short_message=self._bytes(part, parcel, number, len(parts)),
                data_coding=smpplib.consts.SMPP_ENCODING_ISO10646,
                esm_class=smpplib.consts.SMPP_GSMFEAT_UDHI if several else 0,
            )
            refusal = self._answer(client)
            if refusal:
                # Earlier parts have gone out; at another try they come again.
                return replace(refusal, unknown=number > 1)
        return Handover(True)

    def _bytes(self, part: str, parcel: Parcel, number: int, total: int) -> bytes:
        if total == 1:
            return part.encode("utf-16-be")
        return with_header(part, parcel.delivery_id.int, number, total)

    def _answer(self, client: Any) -> Handover | None:
        """Wait for this part's submit_sm_resp. Raises `OSError` when it does not come in time."""
        while True:
            pdu = client.read_pdu()
            if pdu.command == "submit_sm_resp":
                break
            if pdu.command == "enquire_link":
                client._enquire_link_received(pdu)
        if pdu.status == smpplib.consts.SMPP_ESME_ROK:
            return None
        words = f"the SMS centre answered {smpplib.consts.DESCRIPTIONS.get(pdu.status, hex(pdu.status))}"
        return Handover.failed(words) if pdu.status in PASSING_STATUS else Handover.refused(words)


def _words(error: Exception) -> str:
    kind = "no answer in time" if isinstance(error, socket.timeout) else type(error).__name__
    return f"{kind}: {error}"[:300]

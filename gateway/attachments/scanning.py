"""The scanner for malicious software: none, or a ClamAV daemon that is shown each file as it comes in.

Only an upload waits for it. What is stored has been let in, and is signed and read whether the scanner is there or not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import structlog
from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket

from contracts.vocabulary import Labelled
from gateway.attachments.refusals import FileRefused, Reason

LIMIT_S = 20.0
"""Seconds each step of an exchange with the scanner may take."""
RETRY_AFTER_S = 30
NONE = "none"

log = structlog.get_logger(__name__)


class Verdict(Labelled):
    """What is known of a file that was taken."""

    NOT_SCANNED = "not_scanned", "未查毒"
    CLEAN = "clean", "已查毒"


class Scanner(Protocol):
    """Looks at a file before it is taken."""

    def scan(self, path: Path) -> Verdict:
        """Raises `FileRefused` when something was found, or when nobody could look."""
        ...


class NoScanner:
    """None is set up: every file is marked as not scanned."""

    def scan(self, path: Path) -> Verdict:
        return Verdict.NOT_SCANNED


class Clamd:
    """A ClamAV daemon, asked by INSTREAM: it needs no access to our folder."""

    def __init__(self, address: str, limit_s: float = LIMIT_S) -> None:
        self.address = address
        self.limit_s = limit_s

    def scan(self, path: Path) -> Verdict:
        try:
            with path.open("rb") as file:
                state, found = _socket(self.address, self.limit_s).instream(file)["stream"]
        except (ClamdError, OSError, KeyError) as error:
            log.warning("the scanner does not answer", error=repr(error))
            raise _away() from error
        if state == "OK":
            return Verdict.CLEAN
        if state == "FOUND":
            raise FileRefused(
                Reason.INFECTED, f"查出恶意代码（{found}），文件未保存；请在本机查杀后再试。",
                f"The scanner found {found}; the file was not kept. Clean the computer it came from.",
            )
        log.warning("the scanner could not look", state=state, detail=found)
        raise _away()


def scanner_at(address: str) -> Scanner:
    """The scanner of the setting `CHENGBAO_SCANNER`."""
    return NoScanner() if address == NONE else Clamd(address)


def _socket(address: str, limit_s: float) -> ClamdNetworkSocket:
    place = urlsplit(address)
    if place.scheme == "unix":
        return ClamdUnixSocket(place.path, timeout=limit_s)  # type: ignore[arg-type]  # a socket takes fractions too
    return ClamdNetworkSocket(place.hostname or "", place.port or 3310, timeout=limit_s)


def _away() -> FileRefused:
    return FileRefused(
        Reason.SCANNER_AWAY, "查毒程序暂无应答，文件未保存，请稍后再传；已上传的附件和签发不受影响。",
        "The scanner does not answer; the file was not kept. What was uploaded before can be signed as ever.",
        retry_after=RETRY_AFTER_S,
    )

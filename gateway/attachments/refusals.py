"""Why a file is not taken: each reason once, with the problem it is told as and the name it is counted under."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from kernel.errors import Refusal


class Reason(StrEnum):
    """What is wrong with a file; also the values of the label `reason` of `chengbao_attachments_refused_total`."""

    TOO_LARGE = "too_large"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    BROKEN = "broken"
    UNKNOWN_TYPE = "unknown_type"
    OLD_OFFICE = "old_office"
    ENDING = "ending"
    EXECUTABLE = "executable"
    SCRIPT = "script"
    MARKUP = "markup"
    MACROS = "macros"
    ACTIVE = "active"
    FORMULA = "formula"
    ENCRYPTED = "encrypted"
    BOMB = "bomb"
    NESTED = "nested"
    POLYGLOT = "polyglot"
    PIXELS = "pixels"
    INFECTED = "infected"
    SCANNER_AWAY = "scanner_away"
    DISK_FULL = "disk_full"
    TOO_MANY = "too_many"


_TOO_BIG = frozenset({Reason.TOO_LARGE, Reason.BOMB, Reason.PIXELS})
_OTHER_TYPE = frozenset(
    {
        Reason.UNKNOWN_TYPE, Reason.OLD_OFFICE, Reason.ENDING, Reason.EXECUTABLE, Reason.SCRIPT, Reason.MARKUP,
    }
)  # fmt: skip
ATTEMPTS = frozenset(
    {
        Reason.EXECUTABLE, Reason.SCRIPT, Reason.MARKUP, Reason.MACROS, Reason.ACTIVE, Reason.BOMB, Reason.NESTED,
        Reason.POLYGLOT, Reason.INFECTED,
    }
)  # fmt: skip
"""Reasons that may be an attack and not a slip: these refusals go into the evidence."""


class FileRefused(Refusal):
    """The file is not taken; nothing of it is kept. `reason` says why, in one word for programs."""

    def __init__(self, reason: Reason, zh: str, en: str, **extra: Any) -> None:
        super().__init__(zh, en, problem=_problem(reason), pointer="/file", extra={"reason": str(reason)} | extra)
        self.reason = reason


def _problem(reason: Reason) -> str:
    if reason in _TOO_BIG:
        return "attachment-too-large"
    if reason in _OTHER_TYPE:
        return "attachment-type"
    return {
        Reason.SCANNER_AWAY: "unavailable", Reason.DISK_FULL: "disk-full", Reason.TOO_MANY: "rate-limited",
    }.get(reason, "attachment-refused")  # fmt: skip

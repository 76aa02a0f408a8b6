"""The kinds of trouble, each with its meaning.

* `Refusal`: the caller asked for something that cannot be done; he is told precisely what and how to go on.
* `BadMessage`: an event that can never be handled; it is parked and shown to an operator.
* `NotYet`: an event came before one it builds on; it waits, which is no error.
* `SlowDown`: something outside is away or overloaded; tried again with growing pauses.
* Everything else is a defect: loud, logged with its trace, never shown to a caller.
"""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """Base of everything a person or client is told; `problem` is a key of `contracts.problems.PROBLEMS`.

    `detail_zh` and `detail_en` say what was wrong here; `pointer` is the JSON pointer of the field at fault;
    `extra` holds further members of the problem document. `about` names a thing that was refused, as field and id, for
    whoever tells attempts from mistakes (`kernel.nouns`); it is told to nobody else.
    """

    problem = "refused"
    afar = False
    """Came over RPC: whoever refused it has written down what there was to write."""

    def __init__(
        self,
        detail_zh: str,
        detail_en: str,
        *,
        problem: str | None = None,
        pointer: str | None = None,
        extra: dict[str, Any] | None = None,
        about: tuple[str, Any] | None = None,
    ) -> None:
        super().__init__(detail_en)
        if problem:
            self.problem = problem
        self.detail_zh = detail_zh
        self.detail_en = detail_en
        self.pointer = pointer
        self.extra = extra or {}
        self.about = about


class NotFound(Refusal):
    """No such thing, or none that this person may see: both answer alike."""

    problem = "not-found"


class Forbidden(Refusal):
    """The person is known but holds no right for this act."""

    problem = "forbidden"


class Conflict(Refusal):
    """The thing's present state does not allow this act."""

    problem = "conflict"


class StaleVersion(Refusal):
    """The thing changed since the caller read it: read it again, then decide."""

    problem = "stale-version"


def refuse_stale(held: int, read: int | None, zh: str, en: str) -> None:
    """Raise `StaleVersion`, naming the newer version, unless the act builds on the one held; None builds on any.

    `zh` and `en` name the thing, as the beginnings of sentences.
    """
    if read is not None and read != held:
        raise StaleVersion(
            f"{zh}已是第 {held} 版，您依据的是第 {read} 版，请重新读取后再操作。",
            f"{en} is at version {held}; your act builds on version {read}. Read it again.",
            pointer="/version", extra={"version": held},
        )


class Invalid(Refusal):
    """A field's value breaks a rule of the domain."""

    problem = "invalid"


class BadMessage(Exception):
    """This event can never be handled as it is; park it and tell an operator why."""


class NotYet(Exception):
    """What this event builds on has not arrived yet; keep it waiting, which is no error."""


class SlowDown(Exception):
    """Something outside is away or overloaded; try again later with growing pauses."""

"""What a form brings, and what a page asks of the services in the name of whoever fills it in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID, uuid5

from flask import request
from pydantic import BaseModel

from contracts.services import RPC
from gateway.api.routes import ask
from gateway.bodies import checked
from gateway.console.fault_words import in_words
from gateway.entrance import present
from gateway.identity.builds_on import BuildsOn
from kernel.clock import SHANGHAI
from kernel.errors import Invalid
from kernel.ids import new_id

KEY = "key"
"""Hidden field: made once per rendered form, so that sending it twice is one act."""

UNDECIDED = frozenset(
    {"unavailable", "outcome-unknown", "rate-limited", "still-running", "internal", "unauthenticated", "cross-site"}
)
"""Problems after which nobody has decided on the act, or nobody knows what was decided."""

Reply = TypeVar("Reply", bound=BaseModel)


def asked(service: str, method: str, reply: type[Reply], **fields: Any) -> Reply:
    """Ask a service; a command in a form is done once however often the form is sent. Raises a refusal."""
    contract = RPC[service][method]
    command_id = uuid5(form_key(), f"{service}.{method}") if contract.command and request.method == "POST" else None
    return cast(Reply, ask(service, method, filled(contract.request, fields), command_id))


def filled(model: type[Reply], fields: dict[str, Any]) -> Reply:
    """What a form filled in, as `model`. Raises `Invalid` in words for people."""
    try:
        return checked(model, fields)
    except Invalid as refusal:
        raise in_words(refusal) from refusal


def may_ask(service: str, method: str) -> bool:
    """Whether the roles of whoever asks fit the method. What a page asks on its own account, it asks only then: else it
    would stand among its reader's refused attempts."""
    return present().principal.holds(*RPC[service][method].roles)


def form_key() -> UUID:
    """The form's key; a form without one (nobody renders such) gets a fresh one."""
    try:
        return UUID(request.form.get(KEY, ""))
    except ValueError:
        return new_id()


def key_after(problem: str) -> UUID:
    """The key of the form shown again: the same while the act may still be under way, a fresh one once it is refused.

    A service keeps its refusals too: the same key would only be answered with the same refusal.
    """
    return form_key() if problem in UNDECIDED else new_id()


def line(name: str) -> str | None:
    """A field of one line without blanks around it; None when nothing was typed."""
    return request.form.get(name, "").strip() or None


def builds_on() -> BuildsOn:
    """The version that the form's page was made from. Raises `Invalid`."""
    return checked(BuildsOn, {"version": line("version")})


def paragraphs(name: str) -> str:
    """A field of several lines as typed; browsers send CR LF, everybody else keeps LF."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def beijing_time(name: str) -> datetime | None:
    """What `<input type=datetime-local>` sent, which is Beijing time whatever zone the computer is set to."""
    typed = line(name)
    return None if typed is None else as_beijing(typed, name)


def as_beijing(typed: str, name: str) -> datetime:
    """A time as typed into the field of this name, which is Beijing time. Raises `Invalid`."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=SHANGHAI)
    except ValueError as error:
        raise Invalid(
            "时间格式不正确，例：2026-11-24 09:30。", "Not a time; for example 2026-11-24 09:30.", pointer=f"/{name}"
        ) from error


def asked_query(*names: str) -> dict[str, str]:
    """Those parameters of the address that are filled in; a search form sends empty ones too."""
    return {name: request.args[name].strip() for name in names if request.args.get(name, "").strip()}

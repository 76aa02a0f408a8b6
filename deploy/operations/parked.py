"""Parked events of all databases: look, release, discard (`kernel.parking` does it in each)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from deploy.operations.installation import Installation, OperationFailed
from deploy.operations.operators import Operator, first_line
from kernel.database import Work
from kernel.errors import NotFound, Refusal
from kernel.parking import HeldEvent, discard_held, list_held, release_held, show_held


@dataclass(frozen=True)
class OwnedEvent:
    """A held event and whose queue it came from."""

    owner: str
    event: HeldEvent

    def document(self) -> dict[str, Any]:
        return {"service": self.owner, **asdict(self.event)}


def list_events(installation: Installation, states: Sequence[str], owners: Sequence[str] = ()) -> list[OwnedEvent]:
    """Held events in these states, database by database, oldest first. Raises `OperationFailed`."""
    found: list[OwnedEvent] = []
    for owner in owners or installation.owners:
        try:
            with installation.database(owner) as database, database.reading() as session:
                found += [OwnedEvent(owner, event) for event in list_held(session, states)]
        except SQLAlchemyError as error:
            raise _unreadable(owner, error) from error
    return found


def find_event(installation: Installation, held_id: UUID) -> OwnedEvent:
    """The held event with this id, in whichever database it is. Raises `OperationFailed`."""
    for owner in installation.owners:
        try:
            with installation.database(owner) as database, database.reading() as session:
                return OwnedEvent(owner, show_held(session, held_id))
        except NotFound:
            continue
        except SQLAlchemyError as error:
            raise _unreadable(owner, error) from error
    raise OperationFailed(f"没有编号为 {held_id} 的搁置事件。", "用 chengbao parked list 查看编号。")


def release_event(installation: Installation, held_id: UUID, operator: Operator) -> OwnedEvent:
    """Let a parked event be tried again at once. Raises `OperationFailed`."""
    return _act(installation, held_id, operator, lambda work: release_held(work, held_id))


def discard_event(
    installation: Installation, held_id: UUID, operator: Operator, *, second: Operator, reason: str
) -> OwnedEvent:
    """Give a parked event up for good; a second person agrees. Raises `OperationFailed`."""
    return _act(
        installation,
        held_id,
        operator,
        lambda work: discard_held(work, held_id, reason=reason, second_person_id=second.principal.person_id),
    )


def _act(installation: Installation, held_id: UUID, operator: Operator, act: Callable[[Work], None]) -> OwnedEvent:
    owner = find_event(installation, held_id).owner
    try:
        with installation.database(owner) as database:
            with database.work(operator.principal, token=operator.token) as work:
                act(work)
            with database.reading() as session:
                return OwnedEvent(owner, show_held(session, held_id))
    except Refusal as refusal:
        raise OperationFailed(refusal.detail_zh, "用 chengbao parked show 查看该事件的现状。") from refusal
    except SQLAlchemyError as error:
        raise _unreadable(owner, error) from error


def _unreadable(owner: str, error: Exception) -> OperationFailed:
    return OperationFailed(
        f"{owner} 的数据库无法使用：{first_line(error)}。", "请检查数据库是否在运行、地址和口令是否正确。"
    )

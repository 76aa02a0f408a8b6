"""Messages written before they said what they are about: found out by their titles, so that a raised class hides
them too (R07)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from deploy.operations.installation import Installation, OperationFailed
from deploy.operations.operators import Operator, first_line
from kernel.database import Database
from services.intake.queries.secrecy import known_by_titles
from services.notify.secrecy import messages_of_nothing, name_subjects

BATCH = 500


def name_old_messages(installation: Installation, operator: Operator) -> int:
    """Have notify know what its old messages are about; returns how many were named. May be repeated. Raises
    `OperationFailed`."""
    try:
        with installation.database("intake") as intake, installation.database("notify") as notify:
            return name_messages(intake, notify, operator)
    except SQLAlchemyError as error:
        raise OperationFailed(
            f"intake 或 notify 的数据库无法使用：{first_line(error)}。", "请检查数据库是否在运行。"
        ) from error


def name_messages(intake: Database, notify: Database, operator: Operator) -> int:
    """Batch by batch, each a transaction; what speaks of no report known to intake is left as it is."""
    named, last = 0, None
    while True:
        with notify.reading() as session:
            titles = messages_of_nothing(session, last, BATCH)
        if not titles:
            return named
        named, last = named + _name(intake, notify, operator, titles), max(titles)


def _name(intake: Database, notify: Database, operator: Operator, titles: Mapping[UUID, set[str]]) -> int:
    with intake.reading() as session:
        known = known_by_titles(session, set().union(*titles.values()))
    subjects = {
        message_id: set().union(*(known.get(title, set()) for title in said)) for message_id, said in titles.items()
    }
    found = {message_id: ids for message_id, ids in subjects.items() if ids}
    if not found:
        return 0
    with notify.work(operator.principal, token=operator.token) as work:
        count = sum(name_subjects(work, message_id, ids) for message_id, ids in found.items())
        work.audit("messages.named", "messages", None, count=count)
    return count

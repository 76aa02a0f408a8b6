"""The directory published again: everybody who keeps units or people in a projection rebuilds it from that."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from deploy.operations.installation import Installation, OperationFailed
from deploy.operations.operators import Operator, first_line
from kernel.outbox import outbox
from services.intake.directory import republish


def republish_directory(installation: Installation, operator: Operator) -> int:
    """Have intake tell its units and people again, in their present versions; returns how many events wait to be sent.

    May be repeated: a consumer that has a version already drops it. Raises `OperationFailed`.
    """
    try:
        with installation.database("intake") as database:
            with database.work(operator.principal, token=operator.token) as work:
                republish(work)
                work.audit("directory.republished", "directory", None)
            with database.reading() as session:
                return session.scalar(select(func.count()).select_from(outbox).where(~outbox.c.sent)) or 0
    except SQLAlchemyError as error:
        raise OperationFailed(f"intake 的数据库无法使用：{first_line(error)}。", "请检查数据库是否在运行。") from error

"""A report's class was raised: its points stay, its title goes (R07)."""

from __future__ import annotations

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from contracts.events.intake import ReportReclassified
from contracts.rpc.secrecy import WITHHELD_TITLE
from kernel.database import Work
from services.scoring.ledger import lock_groups
from services.scoring.model.causes import Cause, WithheldTitle


def withhold_titles(work: Work, raised: ReportReclassified) -> None:
    """The causes of the report and of the deadlines told by its title lose it; the ledger, which nothing changes, is
    read without it."""
    known = [f"report:{raised.report_id}", *(f"deadline:{each}" for each in raised.deadline_ids)]
    about = Cause.told["about_report_id"].astext == str(raised.report_id)
    found = work.session.scalars(select(Cause.group_key).where(or_(Cause.group_key.in_(known), about)))
    groups = lock_groups(work, [*known, *found])
    rows = [{"group_key": group} for group in groups]
    work.session.execute(insert(WithheldTitle).values(rows).on_conflict_do_nothing())
    hidden = update(Cause).where(or_(Cause.group_key.in_(groups), about)).values(title=WITHHELD_TITLE)
    work.session.execute(hidden, execution_options={"synchronize_session": False})

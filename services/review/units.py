"""The projection of units from intake's directory."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from contracts.events.intake import UnitRecorded
from kernel.database import Work
from kernel.service import Event
from services.review.model.units import Unit


def record_unit(work: Work, event: Event[UnitRecorded]) -> None:
    """Keep the newest version of the unit; older ones change nothing, the same told again fills what is new here."""
    values = {
        "version": event.version,
        "name": event.data.name,
        "unit_class": event.data.unit_class,
        "valid_to": event.data.valid_to,
        "parent_id": event.data.parent_id,
    }
    row = insert(Unit).values(unit_id=event.data.unit_id, **values)
    work.session.execute(
        row.on_conflict_do_update(index_elements=[Unit.unit_id], set_=values, where=Unit.version <= event.version)
    )

"""Keeping the projection of the directory's units."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from contracts.events.intake import UnitRecorded
from kernel.database import Work
from kernel.service import Event
from services.scoring.model.units import Unit, pinyin_of


def keep_units(work: Work, events: list[Event[UnitRecorded]]) -> None:
    """Keep what the newest version of each unit says; older ones and doubles change nothing."""
    for event in events:
        data = event.data
        values = {
            "unit_id": data.unit_id,
            "version": event.version,
            "name": data.name,
            "pinyin": pinyin_of(data.name),
            "unit_class": data.unit_class,
            "valid_from": data.valid_from,
            "valid_to": data.valid_to,
        }
        statement = insert(Unit).values(values)
        work.session.execute(
            statement.on_conflict_do_update(
                index_elements=[Unit.unit_id],
                set_={name: statement.excluded[name] for name in values if name != "unit_id"},
                where=Unit.version < statement.excluded.version,
            )
        )

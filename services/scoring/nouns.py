"""What scoring keeps of units, by the field that names it in a request (`kernel.nouns`)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from contracts.rpc.refused_attempts import AttemptKind
from kernel.nouns import Noun, Nouns
from kernel.principal import Principal
from services.scoring.model.units import Unit
from services.scoring.queries.ledger import visible_unit


def _see_ledger(_session: Session, asker: Principal, unit_id: UUID) -> None:
    visible_unit(asker, unit_id)


NOUNS: Nouns = {"unit_id": Noun(AttemptKind.UNIT, Unit.unit_id, _see_ledger)}

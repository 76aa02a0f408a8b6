"""What intake keeps, by the field that names it in a request (`kernel.nouns`)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from contracts.rpc.refused_attempts import AttemptKind
from kernel.deadlines.model import Deadline
from kernel.errors import NotFound
from kernel.nouns import Noun, Nouns
from kernel.principal import Principal
from services.intake.model.drafts import Draft
from services.intake.model.incidents import Incident
from services.intake.model.people import Person
from services.intake.model.pre_reports import PreReport
from services.intake.model.reports import Report
from services.intake.model.trainings import Training
from services.intake.model.units import Unit
from services.intake.queries.deadlines import visible_deadline
from services.intake.queries.directory import visible_person
from services.intake.queries.drafts import visible_draft
from services.intake.queries.incidents import visible_incident
from services.intake.queries.pre_reports import visible_pre_report
from services.intake.queries.reports import visible_report
from services.intake.queries.trainings import visible_training
from services.intake.queries.visibility import own_unit_only


def _see_acting_unit(_session: Session, asker: Principal, unit_id: UUID) -> None:
    """A unit notes its own calls and trainings alone; that another exists is no secret."""
    if own_unit_only(asker) and asker.unit_id != unit_id:
        raise NotFound("不是本单位。", "It is not the asker's unit.")


_REPORT = Noun(AttemptKind.REPORT, Report.id, visible_report)
_PERSON = Noun(AttemptKind.PERSON, Person.id, visible_person)
_ACTING_UNIT = Noun(AttemptKind.UNIT, Unit.id, _see_acting_unit)

NOUNS: Nouns = {
    "report_id": _REPORT,
    "report_ids": _REPORT,
    "follows_report_id": _REPORT,
    "draft_id": Noun(AttemptKind.DRAFT, Draft.id, visible_draft),
    "pre_report_id": Noun(AttemptKind.PRE_REPORT, PreReport.id, visible_pre_report),
    "incident_id": Noun(AttemptKind.INCIDENT, Incident.id, visible_incident),
    "deadline_id": Noun(AttemptKind.DEADLINE, Deadline.id, visible_deadline),
    "person_id": _PERSON,
    "person_ids": _PERSON,
    "endorser_ids": _PERSON,
    "training_id": Noun(AttemptKind.TRAINING, Training.id, visible_training),
    "record_pre_report.unit_id": _ACTING_UNIT,
    "record_training.organiser_id": _ACTING_UNIT,
    "change_training.organiser_id": _ACTING_UNIT,
}

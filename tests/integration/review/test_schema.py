"""The migrations make exactly the tables the model describes, and every figure can be read."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from contracts.vocabulary import Severity
from services.review.model.base import Base
from tests.factories.review import NOW, ReviewOffice, registered, urgent


def _ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Kernel tables lie in the same database but are not review's to compare."""
    return kind != "table" or name in Base.metadata.tables


def test_R11_migrations_and_model_describe_the_same_tables(office: ReviewOffice) -> None:
    with office.harness.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _ours})
        assert compare_metadata(context, Base.metadata) == []


def test_R25_every_figure_gives_the_labels_it_declares_also_on_an_empty_desk(office: ReviewOffice) -> None:
    for figure in office.harness.service.figures:
        for labels in office.figure(figure.name):
            assert len(labels) == len(figure.labels), figure.name


def test_R25_length_and_age_of_the_queue_are_counted_by_urgency(office: ReviewOffice) -> None:
    office.register(urgent(Severity.MAJOR), registered(), registered())
    office.harness.clock.at = NOW.replace(minute=5)
    assert office.figure("chengbao_queue_items")[("not_urgent",)] == 2
    assert office.figure("chengbao_queue_items")[("major",)] == 1
    assert office.figure("chengbao_queue_oldest_age_seconds")[("major",)] == 300


def test_R25_adoptions_issues_and_open_instructions_are_counted(office: ReviewOffice) -> None:
    office.instruct()
    assert office.figure("chengbao_adoptions")[("district", "in_force")] == 1
    assert office.figure("chengbao_issues")[("published",)] == 1
    assert office.figure("chengbao_instructions_open")[()] == 1

"""Research projects: who studies what by which plan, and what came of it (R12, notice 三(二))."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.research import PlanChangeKind, ProjectState
from kernel.errors import Conflict, Invalid
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.base import Base


def milestone_id(project_id: UUID, place: int) -> UUID:
    """The id of the milestone at `place`, 0 first."""
    return uuid5(project_id, f"milestone/{place}")


class ResearchProject(Base):
    """Running -> finished, with its report, or dropped, with the reason."""

    __tablename__ = "research_projects"
    __table_args__ = (Index("research_projects_newest", "started_at", "project_id"),)

    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[ProjectState] = mapped_column(Word(ProjectState))
    topic: Mapped[str]
    plan: Mapped[str]
    units: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Lead first, then the partners: `unit_id`, `unit_name`, as named then."""
    report_id: Mapped[UUID | None]
    from_report_id: Mapped[UUID | None]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    dropped_because: Mapped[str | None]

    def involves(self, unit_id: UUID | None) -> bool:
        """Whether the unit leads it or is a partner."""
        return any(unit["unit_id"] == str(unit_id) for unit in self.units)

    def link(self, report_id: UUID) -> None:
        """Its report; another one may replace it while it runs. Raises `Conflict`."""
        self.require_running()
        self.report_id = report_id
        self.version += 1

    def finish(self, by: Principal, now: datetime) -> None:
        """Raises `Conflict` without its report, or once it has ended."""
        self.require_running()
        if self.report_id is None:
            raise Conflict(
                "尚未关联调研报告，不能结题；不再进行的请中止。",
                "Its report is not linked yet; drop it if there will be none.",
            )
        self._end(ProjectState.FINISHED, by, now)

    def drop(self, by: Principal, now: datetime, reason: str) -> None:
        """Raises `Conflict` once it has ended."""
        self.require_running()
        self._end(ProjectState.DROPPED, by, now)
        self.dropped_because = reason

    def require_running(self) -> None:
        """Raises `Conflict` once it has ended."""
        if self.state is not ProjectState.RUNNING:
            raise Conflict(
                f"该课题已由{self.ended_by}结束：{self.state.label}。", f"{self.ended_by} has ended it: {self.state}.",
                extra={"state": self.state.value},
            )

    def _end(self, state: ProjectState, by: Principal, now: datetime) -> None:
        self.state, self.ended_by, self.ended_at = state, by.name, now
        self.version += 1


class ResearchMilestone(Base):
    """A step of the plan; its deadline reminds the lead unit."""

    __tablename__ = "research_milestones"
    __table_args__ = (Index("research_milestones_of", "project_id", "place"),)

    milestone_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("research_projects.project_id"))
    place: Mapped[int]
    name: Mapped[str]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    dropped_at: Mapped[datetime | None]
    dropped_by: Mapped[str | None]
    dropped_because: Mapped[str | None]

    def complete(self, by: Principal, now: datetime) -> None:
        """Raises `Conflict` when it was completed or dropped already."""
        self._require_ahead()
        self.done_at, self.done_by = now, by.name

    def move(self, due_at: datetime) -> None:
        """Raises `Conflict` once it is completed or dropped, `Invalid` where nothing would move."""
        self._require_ahead()
        if due_at == self.due_at:
            raise Invalid("时限没有变化。", "The due time is the same as before.", pointer="/due_at")
        self.due_at = due_at

    def drop(self, by: Principal, now: datetime, reason: str) -> None:
        """Raises `Conflict` once it is completed or dropped."""
        self._require_ahead()
        self.dropped_at, self.dropped_by, self.dropped_because = now, by.name, reason

    def _require_ahead(self) -> None:
        if self.done_at is not None:
            raise Conflict(
                f"{self.done_by}已登记完成。", f"{self.done_by} has completed it already.", extra={"state": "done"}
            )
        if self.dropped_at is not None:
            raise Conflict(
                f"{self.dropped_by}已取消该节点。", f"{self.dropped_by} has dropped it.", extra={"state": "dropped"}
            )


class ResearchNote(Base):
    """What somebody noted; only ever added."""

    __tablename__ = "research_notes"
    __table_args__ = (Index("research_notes_of", "project_id", "at"),)

    note_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("research_projects.project_id"))
    by_id: Mapped[str]
    by_name: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]


class ResearchChange(Base):
    """What was changed in a plan after the start; only ever added, hidden with the report the topic came from."""

    __tablename__ = "research_changes"
    __table_args__ = (Index("research_changes_of", "project_id", "at", "change_id"),)

    change_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("research_projects.project_id"))
    what: Mapped[PlanChangeKind] = mapped_column(Word(PlanChangeKind))
    by_id: Mapped[str]
    by_name: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    milestone: Mapped[str | None]
    """Its name, which never changes."""
    old_plan: Mapped[str | None]
    new_plan: Mapped[str | None]
    old_due_at: Mapped[datetime | None]
    new_due_at: Mapped[datetime | None]

"""Units, people, contents and acceptances for tests of intake, in named states."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from contracts.events.gateway import ReportAccepted, SignOff
from contracts.rpc.content import Content, Figures, Incident
from contracts.rpc.directory import Post, RecordPerson, RecordUnit
from contracts.vocabulary import Element, Kind, Role, Severity, SignOffMethod, UnitClass
from kernel.ids import new_id
from kernel.principal import Principal

HEXI = UUID("0190a000-0000-7000-8000-000000000001")
JINNAN = UUID("0190a000-0000-7000-8000-000000000002")
OCCURRED = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
"""08:00 in Shanghai; by the notice due at 11:00."""
DUE = OCCURRED + timedelta(hours=3)
_numbers = count(1)


class UnitFactory:
    """What is recorded of a unit."""

    @staticmethod
    def district(unit_id: UUID = HEXI, name: str = "河西区人民政府办公室", **changes: Any) -> RecordUnit:
        values = {"unit_class": UnitClass.DISTRICT, "valid_from": date(2008, 10, 24)}
        return RecordUnit(unit_id=unit_id, name=name, **(values | changes))

    @staticmethod
    def bureau(unit_id: UUID = JINNAN, name: str = "市应急管理局", **changes: Any) -> RecordUnit:
        return UnitFactory.district(unit_id, name, **({"unit_class": UnitClass.BUREAU} | changes))


class PersonFactory:
    """What is recorded of a person, and the principal a person signs in as."""

    @staticmethod
    def officer(unit_id: UUID = HEXI, name: str = "李明") -> Principal:
        return _principal(name, unit_id, Role.INFORMATION_OFFICER)

    @staticmethod
    def leader(unit_id: UUID = HEXI, name: str = "赵强") -> Principal:
        return _principal(name, unit_id, Role.RESPONSIBLE_LEADER)

    @staticmethod
    def section_head(unit_id: UUID = HEXI, name: str = "孙丽") -> Principal:
        return _principal(name, unit_id, Role.SECTION_HEAD)

    @staticmethod
    def section_head_who_writes(unit_id: UUID = HEXI, name: str = "周燕") -> Principal:
        return _principal(name, unit_id, Role.SECTION_HEAD, Role.INFORMATION_OFFICER)

    @staticmethod
    def writing_leader(unit_id: UUID = HEXI, name: str = "钱伟") -> Principal:
        return _principal(name, unit_id, Role.RESPONSIBLE_LEADER, Role.INFORMATION_OFFICER)

    @staticmethod
    def api_client(unit_id: UUID = HEXI, name: str = "河西区政务信息系统") -> Principal:
        return _principal(name, unit_id, Role.API_CLIENT)

    @staticmethod
    def of_the_city(role: Role, name: str = "周静") -> Principal:
        return _principal(name, None, role)

    @staticmethod
    def administrator() -> Principal:
        return _principal("系统管理员", None, Role.SYSTEM_ADMINISTRATOR)

    @staticmethod
    def recorded_head(who: Principal, **dates: Any) -> RecordPerson:
        """The directory's record of a section head, post valid from long ago unless `dates` say otherwise."""
        held = {"valid_from": date(2020, 1, 1)} | dates
        posts = [Post(unit_id=who.unit_id or HEXI, role=Role.SECTION_HEAD, title="信息科科长", **held)]
        return RecordPerson(person_id=who.person_id, name=who.name, unit_id=who.unit_id or HEXI, posts=posts)

    @staticmethod
    def recorded(unit_id: UUID = HEXI, name: str = "李明", **changes: Any) -> RecordPerson:
        post = Post(unit_id=unit_id, role=Role.INFORMATION_OFFICER, title="信息员", valid_from=date(2020, 1, 1))
        return RecordPerson(person_id=new_id(), name=name, unit_id=unit_id, posts=[post], **changes)


class ContentFactory:
    """Contents as a unit writes them."""

    @staticmethod
    def development(title: str = "我区推进老旧小区改造", **changes: Any) -> Content:
        return Content(kind=Kind.DEVELOPMENT, title=title, body="今年以来，我区完成改造三十二个小区。", **changes)

    @staticmethod
    def urgent(title: str = "河西区一化工厂发生火情", occurred_at: datetime = OCCURRED, **changes: Any) -> Content:
        values = {"kind": Kind.URGENT_FIRST, "severity": Severity.LARGER, "place": "河西区某路"}
        text = "事件发生后，消防部门已到场处置，暂无人员伤亡。"
        return Content(title=title, body=text, occurred_at=occurred_at, **(values | changes))


class AcceptedFactory:
    """Acceptances as the gateway tells of them."""

    @staticmethod
    def of(content: Content, received_at: datetime, **changes: Any) -> ReportAccepted:
        """A first version of the district; `report_id`, `version` and the rest by `changes`."""
        given = content.model_dump(exclude={"report_id"})
        values: dict[str, Any] = {
            "receipt_number": f"2026-{next(_numbers):07d}",
            "report_id": new_id(),
            "version": 1,
            "unit_id": HEXI,
            "sign_off": _sign_off(received_at),
            "received_at": received_at,
            "content_hash": "sha256:" + "0" * 64,
        }
        return ReportAccepted(**(given | values | changes))

    @staticmethod
    def development(
        received_at: datetime = OCCURRED, title: str = "我区推进老旧小区改造", **changes: Any
    ) -> ReportAccepted:
        return AcceptedFactory.of(ContentFactory.development(title), received_at, **changes)

    @staticmethod
    def urgent_in_time(**changes: Any) -> ReportAccepted:
        return AcceptedFactory.of(ContentFactory.urgent(), DUE, **changes)

    @staticmethod
    def urgent_late(**changes: Any) -> ReportAccepted:
        return AcceptedFactory.of(ContentFactory.urgent(), DUE + timedelta(microseconds=1), **changes)

    @staticmethod
    def feedback(received_at: datetime = OCCURRED, **changes: Any) -> ReportAccepted:
        content = Content(kind=Kind.FEEDBACK, title="关于批示落实情况的反馈", body="已办结。", assignment_id=new_id())
        return AcceptedFactory.of(content, received_at, **changes)


class ChainFactory:
    """Acceptances of one chain; `told` are its elements."""

    @staticmethod
    def first(received_at: datetime, **changes: Any) -> ReportAccepted:
        return _step(Kind.URGENT_FIRST, received_at, **changes)

    @staticmethod
    def follow_up(first: ReportAccepted, received_at: datetime, **changes: Any) -> ReportAccepted:
        return _step(Kind.URGENT_FOLLOW_UP, received_at, **({"follows_report_id": first.report_id} | changes))

    @staticmethod
    def final(first: ReportAccepted, received_at: datetime, **changes: Any) -> ReportAccepted:
        return _step(Kind.URGENT_FINAL, received_at, **({"follows_report_id": first.report_id} | changes))


def _step(
    kind: Kind,
    received_at: datetime,
    *,
    dead: int | None = None,
    told: dict[Element, str] | None = None,
    **changes: Any,
) -> ReportAccepted:
    incident = Incident(figures=None if dead is None else Figures(dead=dead), elements=told or {})
    body = {"body": f"{received_at:%H:%M}，{kind.label}：现场情况有新的变化，详情如下。"}
    return AcceptedFactory.of(ContentFactory.urgent(kind=kind, incident=incident), received_at, **(body | changes))


def _principal(name: str, unit_id: UUID | None, *roles: Role) -> Principal:
    return Principal(str(new_id()), name, unit_id, frozenset(map(str, roles)))


def _sign_off(signed_at: datetime) -> SignOff:
    return SignOff(
        author_id=new_id(),
        author_name="李明",
        signer_id=new_id(),
        signer_name="赵强",
        signer_post="办公室分管负责人",
        signed_at=signed_at,
        method=SignOffMethod.SESSION,
    )

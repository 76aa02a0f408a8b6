"""The chain of one unit's reports on one incident: first, follow-up 1, 2, ..., final (notice 二(一)).

Plain functions of what was signed: however the documents arrive, the same set makes the same chain.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from contracts.rpc.content import ToTell
from contracts.vocabulary import Element, Figure, Kind, ReportFlag, Severity
from services.intake.model.chain_contents import ChainContents, lacking
from services.intake.model.repeats import repeated_share

REPEATED_SHARE = 0.8
"""From this share of its text on, a follow-up says what was said before."""
_LABELS = {Kind.URGENT_FIRST: "首报", Kind.URGENT_FOLLOW_UP: "续报", Kind.URGENT_FINAL: "终报"}


@dataclass(frozen=True)
class Statement:
    """One signed version of a document of the chain."""

    report_id: UUID
    version: int
    kind: Kind
    received_at: datetime
    receipt_number: str
    body: str
    told: frozenset[ToTell]
    figures: Mapping[Figure, Decimal]
    elements: Mapping[Element, str]
    severity: Severity | None = None
    author_name: str = ""
    signer_name: str = ""
    withdraws: bool = False
    """It takes its document back and tells nothing itself."""

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands among the receipts."""
        return self.received_at, self.receipt_number


@dataclass(frozen=True)
class Step:
    """A document of the chain: its newest version, placed by its first receipt; one that was withdrawn keeps its place
    and its label, for people have spoken of it by them, and tells nothing any more."""

    statements: tuple[Statement, ...]
    label: str
    missing: tuple[ToTell, ...]
    """What it should tell itself and does not."""
    lacking_after: tuple[ToTell, ...]
    """What the chain still lacked once it had come."""
    flags: tuple[ReportFlag, ...]

    @property
    def newest(self) -> Statement:
        return _newest(self.statements)

    @property
    def withdrawn_at(self) -> datetime | None:
        """When the withdrawal of a follow-up or a final report was received; a first report takes the chain along."""
        return _withdrawn_at(self.statements)

    @property
    def report_id(self) -> UUID:
        return self.newest.report_id

    @property
    def kind(self) -> Kind:
        return self.newest.kind

    @property
    def received_at(self) -> datetime:
        """Of its first receipt."""
        return self.statements[0].received_at


@dataclass(frozen=True)
class FigureStated:
    """A figure at the statement that changed it; `change` is None for the first one."""

    figure: Figure
    value: Decimal
    change: Decimal | None
    by: Statement


@dataclass(frozen=True)
class ChainOfReports:
    """The whole chain, in order of first receipt."""

    steps: tuple[Step, ...]
    figures: tuple[FigureStated, ...]

    @property
    def missing(self) -> tuple[ToTell, ...]:
        """What the chain as a whole still lacks."""
        return self.steps[-1].lacking_after if self.steps else ()

    @property
    def final(self) -> Step | None:
        """The first final report that was not withdrawn."""
        finals = (step for step in self.steps if step.kind is Kind.URGENT_FINAL)
        return next((step for step in finals if step.withdrawn_at is None), None)


def chain_of(statements: Iterable[Statement], contents: ChainContents) -> ChainOfReports:
    """The chain that these signed versions make."""
    documents = _documents(statements)
    return ChainOfReports(tuple(_steps(documents, contents)), tuple(_figures(_in_order(_counting(documents)))))


def lacking_in(statements: Iterable[Statement], contents: ChainContents) -> tuple[ToTell, ...]:
    """What a chain of these signed versions lacks; what a withdrawn document told is wanted again."""
    wanted: list[ToTell] = []
    told: set[ToTell] = set()
    for document in _counting(_documents(statements)):
        newest, rule = _newest(document), contents.in_force(document[0].received_at)
        wanted += [*rule.of(newest.kind), *rule.chain] if rule else []
        told |= newest.told
    return tuple(lacking(wanted, frozenset(told)))


def _documents(statements: Iterable[Statement]) -> list[list[Statement]]:
    """The versions of each document, in order of first receipt."""
    by_report: dict[UUID, list[Statement]] = {}
    for each in sorted(statements, key=lambda each: each.place):
        by_report.setdefault(each.report_id, []).append(each)
    return list(by_report.values())


def _counting(documents: Iterable[list[Statement]]) -> list[list[Statement]]:
    """Those that were not withdrawn."""
    return [document for document in documents if _withdrawn_at(document) is None]


def _newest(document: Sequence[Statement]) -> Statement:
    """The version that says what counts: a withdrawal repeats nothing of what it takes back."""
    return next((each for each in reversed(document) if not each.withdraws), document[-1])


def _withdrawn_at(document: Sequence[Statement]) -> datetime | None:
    taken_back = (each.received_at for each in document if each.withdraws and each.kind is not Kind.URGENT_FIRST)
    return next(taken_back, None)


def _in_order(documents: Iterable[Sequence[Statement]]) -> list[Statement]:
    """All versions by receipt."""
    return sorted(itertools.chain(*documents), key=lambda each: each.place)


def _steps(documents: list[list[Statement]], contents: ChainContents) -> Iterable[Step]:
    counted = dict.fromkeys(_LABELS, 0)
    for number, document in enumerate(documents):
        newest, counts = _newest(document), _withdrawn_at(document) is None
        counted[newest.kind] += 1
        earlier = [_newest(each) for each in _counting(documents[:number])]
        yield Step(
            statements=tuple(document),
            label=_label(newest.kind, counted[newest.kind]),
            missing=_missing(document, newest, contents) if counts else (),
            flags=tuple(_flags(newest, earlier)) if counts else (),
            lacking_after=lacking_in(itertools.chain(*documents[: number + 1]), contents),
        )


def _missing(document: list[Statement], newest: Statement, contents: ChainContents) -> tuple[ToTell, ...]:
    return tuple(lacking(contents.wanted(newest.kind, document[0].received_at), newest.told))


def _label(kind: Kind, count: int) -> str:
    """Follow-ups are numbered; a second first or final report, which nobody can be refused, shows its number too."""
    return f"{_LABELS[kind]}{count}" if kind is Kind.URGENT_FOLLOW_UP or count > 1 else _LABELS[kind]


def _flags(newest: Statement, earlier: list[Statement]) -> Iterable[ReportFlag]:
    if not earlier:
        return
    if _only_repeats(newest, earlier):
        yield ReportFlag.REPEATS
    if Element.CHANGE not in newest.told and any(
        value < before[figure] for before in [_known(earlier)] for figure, value in newest.figures.items()
        if figure in before
    ):  # fmt: skip
        yield ReportFlag.FIGURES_FELL


def _only_repeats(newest: Statement, earlier: list[Statement]) -> bool:
    """No changed figure, no element that says anything new, and a text that was sent before."""
    known = _known(earlier)
    if any(known.get(figure) != value for figure, value in newest.figures.items()):
        return False
    for element, text in newest.elements.items():
        if not _said_before(text, [each.elements[element] for each in earlier if element in each.elements]):
            return False
    return _said_before(newest.body, [each.body for each in earlier])


def _said_before(text: str, earlier: list[str]) -> bool:
    return repeated_share(text, earlier) >= REPEATED_SHARE


def _known(statements: list[Statement]) -> dict[Figure, Decimal]:
    """The figures as last stated."""
    known: dict[Figure, Decimal] = {}
    for each in sorted(statements, key=lambda statement: statement.place):
        known |= each.figures
    return known


def _figures(in_order: list[Statement]) -> Iterable[FigureStated]:
    """Every change of a figure, version by version; a figure said again says nothing new."""
    known: dict[Figure, Decimal] = {}
    for each in in_order:
        for figure in Figure:
            value = each.figures.get(figure)
            if value is None or known.get(figure) == value:
                continue
            yield FigureStated(figure, value, value - known[figure] if figure in known else None, each)
            known[figure] = value

"""What belongs to one issue beside its items: comments, signatures, corrections, and what it still lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.rpc import issues as rpc
from contracts.rpc.issues import MissingKind
from contracts.rpc.publications import SignerRole
from contracts.rpc.secrecy import WITHHELD_TEXT, WITHHELD_TITLE
from contracts.vocabulary import IssueState, Role, Secrecy
from kernel.errors import Conflict, StaleVersion
from kernel.principal import Principal
from services.review.model.adoptions import Adoption
from services.review.model.composition import composition_hash
from services.review.model.desk import DeskItem
from services.review.model.issues import Issue
from services.review.model.proofs import IssueComment, IssueSignature
from services.review.model.publications import Publication


def signatures_of(session: Session, issue: Issue) -> Sequence[IssueSignature]:
    """The valid signatures, in the order of the chain."""
    return session.scalars(
        select(IssueSignature)
        .where(IssueSignature.issue_id == issue.issue_id, IssueSignature.round == issue.round)
        .order_by(IssueSignature.step)
    ).all()


def signatures_shown(session: Session, issue: Issue) -> list[rpc.Signature]:
    """Who signed, as the contract tells it."""
    return [
        rpc.Signature(
            role=row.role, signed_by=row.signed_by, signed_at=row.signed_at, content_hash=row.content_hash
        )
        for row in signatures_of(session, issue)
    ]


def open_comments(session: Session, issue_id: UUID) -> Sequence[IssueComment]:
    """What nobody has dealt with yet, the oldest first."""
    return session.scalars(
        select(IssueComment)
        .where(IssueComment.issue_id == issue_id, IssueComment.resolved_at.is_(None))
        .order_by(IssueComment.at, IssueComment.comment_id)
    ).all()


def check_no_open_comments(session: Session, issue: Issue) -> None:
    """Raises `Conflict` naming the open comments; nothing is signed or published over them."""
    found = open_comments(session, issue.issue_id)
    if found:
        raise Conflict(
            f"尚有{len(found)}条意见未处理，不能签发。",
            f"{len(found)} comments are open; resolve them first.",
            extra={"comments": [str(comment.comment_id) for comment in found]},
        )


def check_signatures(session: Session, issue: Issue, items: Sequence[tuple[Adoption, str | None]]) -> None:
    """Raises `StaleVersion` when a signature covers other words than those that stand there now."""
    content_hash = composition_hash(issue, items)
    if any(signature.content_hash != content_hash for signature in signatures_of(session, issue)):
        raise StaleVersion(
            "签发之后内容有改动，签发不再有效，请退回编排后重新签发。",
            "The content changed after it was signed; take it back to composing and sign again.",
            extra={"version": issue.version},
        )


def comments_shown(session: Session, issue_id: UUID, reader: Principal) -> list[rpc.Comment]:
    """All comments, the oldest first; one about an item that the reader is not cleared for says nothing."""
    rows = session.execute(
        select(
            IssueComment,
            or_(IssueComment.adoption_id.is_(None), DeskItem.secrecy.in_(Secrecy.up_to(reader.clearance))),
        )
        .outerjoin(Adoption, Adoption.adoption_id == IssueComment.adoption_id)
        .outerjoin(DeskItem, DeskItem.report_id == Adoption.report_id)
        .where(IssueComment.issue_id == issue_id)
        .order_by(IssueComment.at, IssueComment.comment_id)
    )
    return [_comment_shown(comment, readable=readable) for comment, readable in rows]


def _comment_shown(comment: IssueComment, *, readable: bool) -> rpc.Comment:
    return rpc.Comment(
        comment_id=comment.comment_id,
        adoption_id=comment.adoption_id,
        quote=comment.quote if readable else None,
        text=comment.text if readable else WITHHELD_TEXT,
        by_name=comment.by_name,
        at=comment.at,
        resolved_by=comment.resolved_by,
        resolved_at=comment.resolved_at,
        resolution=comment.resolution if readable else None,
    )


def corrects_shown(session: Session, issue: Issue, reader: Principal) -> rpc.CorrectionShown | None:
    """Which issue, and which item of it, this one corrects."""
    if issue.corrects_issue_id is None:
        return None
    return _correction(session, session.get_one(Issue, issue.corrects_issue_id), issue, reader)


def corrected_by_shown(session: Session, issue: Issue, reader: Principal) -> list[rpc.CorrectionShown]:
    """Issues that correct this one and still stand; those that are not out yet are for those who compose."""
    statement = (
        select(Issue)
        .where(Issue.corrects_issue_id == issue.issue_id, Issue.state != IssueState.WITHDRAWN)
        .order_by(Issue.opened_at, Issue.issue_id)
    )
    if not reader.holds(Role.EDITOR, Role.CHIEF_EDITOR):
        statement = statement.where(Issue.state == IssueState.PUBLISHED)
    return [_correction(session, row, row, reader) for row in session.scalars(statement)]


def _correction(session: Session, named: Issue, correcting: Issue, reader: Principal) -> rpc.CorrectionShown:
    """`named` is the other issue, `correcting` the one that says what it corrects and why."""
    title, readable = None, True
    if correcting.corrects_adoption_id is not None:
        title, readable = session.execute(
            select(Adoption.title, DeskItem.secrecy.in_(Secrecy.up_to(reader.clearance)))
            .join(DeskItem, DeskItem.report_id == Adoption.report_id)
            .where(Adoption.adoption_id == correcting.corrects_adoption_id)
        ).one()
    return rpc.CorrectionShown(
        issue_id=named.issue_id,
        adoption_id=correcting.corrects_adoption_id,
        reason=(correcting.correction_reason or "") if readable else WITHHELD_TEXT,
        publication_name=named.publication_name,
        number_line=called(named),
        item_title=title if readable else WITHHELD_TITLE,
        published_at=named.published_at,
    )


def called(issue: Issue) -> str | None:
    """How a published issue is called under its name."""
    if issue.number is None:
        return None
    return issue.number_line or f"{issue.year}年第{issue.number}期"


def missing_of(
    publication: Publication, items: Sequence[rpc.IssueItem], comments: Sequence[rpc.Comment], signed: int,
    lost: Sequence[tuple[UUID, str]] = (), *, corrects: bool = False,
) -> list[rpc.Missing]:
    """What an unpublished issue lacks, what blocks first; `lost` are items with names of pictures. One that `corrects`
    another has words without any item."""
    found = [
        *_missing_items(publication, items, corrects=corrects), *_missing_pictures(items, lost),
        *_missing_acts(publication, comments, signed),
    ]
    return sorted(found, key=lambda missing: not missing.blocks)


def _missing_items(
    publication: Publication, items: Sequence[rpc.IssueItem], *, corrects: bool
) -> Iterator[rpc.Missing]:
    if not items and not corrects:
        yield _missing(MissingKind.NO_ITEMS, "还没有编入信息", "there is no item yet", blocks=True)
    for place, item in enumerate(items, start=1):
        about = item.adoption_id
        if not item.title.strip():
            zh, en = f"第{place}条没有标题", f"item {place} has no title"
            yield _missing(MissingKind.NO_TITLE, zh, en, True, adoption_id=about)
        if item.amended:
            zh, en = f"第{place}条已由报送单位{item.amended.label}", f"the report of item {place} was amended"
            yield _missing(MissingKind.AMENDED, zh, en, True, adoption_id=about)
        if publication.columns and item.column not in publication.columns:
            zh, en = f"第{place}条未归入栏目", f"item {place} has no column"
            yield _missing(MissingKind.NO_COLUMN, zh, en, adoption_id=about)
        if publication.item_limit and len(item.body) > publication.item_limit:
            over = len(item.body) - publication.item_limit
            zh, en = f"第{place}条超出规定篇幅{over}字", f"item {place} is {over} characters too long"
            yield _missing(MissingKind.TOO_LONG, zh, en, adoption_id=about)
    for column in publication.columns:
        if items and column not in {item.column for item in items}:
            zh, en = f"“{column}”栏目没有内容", f"column {column} is empty"
            yield _missing(MissingKind.EMPTY_COLUMN, zh, en, column=column)


def _missing_pictures(items: Sequence[rpc.IssueItem], lost: Sequence[tuple[UUID, str]]) -> Iterator[rpc.Missing]:
    places = {item.adoption_id: place for place, item in enumerate(items, start=1)}
    for about, name in lost:
        zh, en = f"第{places.get(about, '？')}条的图片“{name}”已缺失，请重新选入", f"the picture {name} is lost"
        yield _missing(MissingKind.NO_PICTURE, zh, en, True, adoption_id=about)


def check_pictures(lost: Sequence[tuple[UUID, str]]) -> None:
    """Raises `Conflict` naming the pictures whose print copies are gone."""
    if lost:
        names = [name for _, name in lost]
        raise Conflict(
            f"以下图片已缺失，请重新选入或移除：{'、'.join(names)}。",
            f"These pictures are lost; choose them again or take them out: {', '.join(names)}.",
            extra={"pictures": names},
        )


def _missing_acts(
    publication: Publication, comments: Sequence[rpc.Comment], signed: int
) -> Iterator[rpc.Missing]:
    still_open = sum(comment.resolved_at is None for comment in comments)
    if still_open:
        zh, en = f"有{still_open}条意见未处理", f"{still_open} comments are open"
        yield _missing(MissingKind.OPEN_COMMENT, zh, en, True)
    for role in publication.sign_off_chain[signed:]:
        step = SignerRole(role)
        yield _missing(MissingKind.SIGN_OFF, f"待{step.label}签发", f"the {role} has not signed", True)


def _missing(
    kind: MissingKind, text: str, text_en: str, blocks: bool = False, *, adoption_id: UUID | None = None,
    column: str | None = None,
) -> rpc.Missing:  # fmt: skip
    return rpc.Missing(
        kind=kind, blocks=blocks, text=text, text_en=text_en, adoption_id=adoption_id, column=column
    )

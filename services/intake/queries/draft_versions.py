"""Kept versions of a unit's drafts, and how texts differ."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from contracts.rpc import draft_versions as rpc
from kernel.errors import Invalid, NotFound
from kernel.service import Reading
from services.intake.model.differences import between, differences
from services.intake.model.draft_versions import DraftVersion, newest_version
from services.intake.model.drafts import draft_not_found
from services.intake.queries.drafts import own_draft
from services.intake.queries.keyset import page


def list_draft_versions(reading: Reading, request: rpc.ListDraftVersions) -> rpc.DraftVersionPage:
    """Versions of a draft of the reader's unit, the newest first. Raises `NotFound`."""
    own_draft(reading, request.draft_id)
    text = DraftVersion.content_data
    query = (
        select(DraftVersion, text["title"].astext, func.char_length(text["body"].astext))
        .where(DraftVersion.draft_id == request.draft_id)
        .order_by(DraftVersion.version.desc())
        .limit(request.limit + 1)
    )
    if request.cursor:
        query = query.where(DraftVersion.version < _version_after(request.cursor))
    rows, last = page(list(reading.session.execute(query)), request.limit)
    return rpc.DraftVersionPage(
        items=[_line(kept, title, characters) for kept, title, characters in rows],
        next_cursor=str(last[0].version) if last else None,
    )


def get_draft_version(reading: Reading, request: rpc.DraftVersionId) -> rpc.DraftVersion:
    """One kept version. Raises `NotFound`."""
    own_draft(reading, request.draft_id)
    kept = _kept(reading, request.draft_id, request.version)
    return rpc.DraftVersion(**dict(line_of(kept)), draft_id=kept.draft_id, content=kept.content)


def draft_differences(reading: Reading, request: rpc.DraftVersionPair) -> rpc.DraftDifferences:
    """How two kept versions differ. Raises `NotFound`."""
    own_draft(reading, request.draft_id)
    earlier = _kept(reading, request.draft_id, request.earlier)
    later = _kept(reading, request.draft_id, request.later)
    return rpc.DraftDifferences(
        draft_id=request.draft_id,
        earlier=line_of(earlier),
        later=line_of(later),
        **dict(between(earlier.content, later.content)),
    )


def compare_draft(reading: Reading, request: rpc.CompareDraft) -> rpc.DraftComparison:
    """How a text that is not saved differs from the draft as it is stored. Raises `NotFound`."""
    draft = own_draft(reading, request.draft_id)
    newest = newest_version(reading.session, draft.id)
    if newest is None:
        raise draft_not_found(draft.id)
    content = draft.content
    return rpc.DraftComparison(
        draft_id=draft.id,
        version=draft.version,
        state=draft.state,
        saved=line_of(newest),
        content=content,
        title=differences(content.title, request.title),
        body=differences(content.body, request.body),
    )


def line_of(kept: DraftVersion) -> rpc.DraftVersionLine:
    return _line(kept, kept.content_data["title"], len(kept.content_data["body"]))


def _line(kept: DraftVersion, title: str, characters: int) -> rpc.DraftVersionLine:
    return rpc.DraftVersionLine(
        version=kept.version,
        act=kept.act,
        person_id=kept.person_id,
        person_name=kept.person_name,
        at=kept.at,
        title=title,
        characters=characters,
    )


def _kept(reading: Reading, draft_id: UUID, version: int) -> DraftVersion:
    kept = reading.session.get(DraftVersion, (draft_id, version))
    if kept is None:
        raise NotFound(
            f"稿件没有留存第{version}版；同一人连续修改时只留最后一次保存。",
            f"Version {version} of this draft is not kept; of one person's stretch of editing the last save is.",
        )
    return kept


def _version_after(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Invalid(
            "cursor 无效：请原样使用上一页返回的 next_cursor。",
            "The cursor is not one of ours; use next_cursor of the page before, unchanged.",
            pointer="/cursor",
        )
    return int(cursor)

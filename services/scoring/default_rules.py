"""The rules a city starts with, until its office records its own."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kernel.database import Work
from kernel.ids import new_id
from services.scoring.model.rule_file import hash_of, read_rules
from services.scoring.model.rules import RecordedRules, RulesInForce

DEFAULT = Path(__file__).parent / "rules" / "default.yaml"


def load_default(work: Work) -> None:
    """Record the default rules unless any are there; may be called at any time and twice."""
    if work.session.scalar(select(RecordedRules.rules_id).limit(1)) is not None:
        return
    text = DEFAULT.read_text(encoding="utf-8")
    book = read_rules(text)
    rules_id = work.session.scalar(
        insert(RecordedRules)
        .values(
            rules_id=new_id(),
            place=book.place,
            version=book.version,
            valid_from=book.valid_from,
            text=text,
            content_hash=hash_of(text),
            recorded_at=work.now,
            recorded_by=work.principal.name,
        )
        .on_conflict_do_nothing()
        .returning(RecordedRules.rules_id)
    )
    if rules_id is not None:
        work.audit("rules.recorded", rules_id, 1, rules_version=book.version, content_hash=hash_of(text))


def rules_or_default(work: Work) -> RulesInForce:
    """All versions; the default ones are recorded first where there are none yet."""
    load_default(work)
    return RulesInForce(work.session.scalars(select(RecordedRules)).all())

"""What intake answers about the writing check: findings in a text, the rules, and which of them a unit has muted."""

from __future__ import annotations

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Method, Strict, Text, command, query
from contracts.rpc.drafts import DraftId
from contracts.rpc.roles import UNIT
from contracts.vocabulary import Kind, Labelled, Role


class Gravity(Labelled):
    """How sure a finding is; none of them refuses anything."""

    ERROR = "error", "错误"
    WARNING = "warning", "存疑"
    HINT = "hint", "提示"


class CheckedField(Labelled):
    """The texts that are looked at."""

    TITLE = "title", "标题"
    BODY = "body", "正文"


class CheckText(Strict):
    """A text as far as it is written; a draft need not exist, nothing is kept."""

    kind: Kind = Kind.DEVELOPMENT
    title: Text = Field(default="", max_length=200, description="title, characters")
    body: Text = Field(default="", max_length=50_000, description="text, characters")
    occurred_at: Instant | None = None
    place: Text | None = Field(default=None, max_length=200)


class Finding(Strict):
    """One place that a rule finds fault with."""

    rule: str
    """Id of the rule."""
    title_zh: str
    title_en: str
    gravity: Gravity
    field: CheckedField
    start: int
    """First character of the place, counted in Unicode code points from 0."""
    end: int
    """Behind the last character; equal to `start` where something is missing."""
    words: str
    """What stands at the place."""
    why_zh: str
    why_en: str
    suggestion: str | None = None
    """What may stand there instead, only where taking it is safe; an empty text takes the words away."""


class Findings(Strict):
    """Title before text, each by place; of one rule so many at the most."""

    items: list[Finding]
    muted: int
    """Findings of rules that the unit has muted: counted, not shown."""


class MutedRule(Strict):
    reason: str
    by_name: str
    at: Instant


class WritingRule(Strict):
    rule_id: str
    title_zh: str
    title_en: str
    why_zh: str
    why_en: str
    gravity: Gravity
    kinds: list[Kind]
    """Kinds of report it looks at; empty means all."""
    muted: MutedRule | None = None
    """By the reader's unit."""


class WritingRules(Strict):
    items: list[WritingRule]


class ListWritingRules(Strict):
    """All rules, with what one's own unit has muted."""


class WritingRuleId(Strict):
    rule_id: Text = Field(min_length=1, max_length=60)


class MuteWritingRule(WritingRuleId):
    """From now on the rule's findings are counted for this unit, not shown."""

    reason: Text = Field(min_length=1, pattern=NOT_BLANK, max_length=500, description="reason, characters")


METHODS: dict[str, Method] = {
    "check_text": query(CheckText, Findings, *UNIT),
    "draft_findings": query(DraftId, Findings, *UNIT),
    "list_writing_rules": query(ListWritingRules, WritingRules, *UNIT),
    "mute_writing_rule": command(MuteWritingRule, WritingRule, Role.RESPONSIBLE_LEADER),
    "unmute_writing_rule": command(WritingRuleId, WritingRule, Role.RESPONSIBLE_LEADER),
}

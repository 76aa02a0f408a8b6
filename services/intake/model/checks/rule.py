"""What every writing rule says of itself, and the examples it is tested by."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic import Field, model_validator

from contracts.model import Instant, Strict, Text
from contracts.rpc.checks import Gravity
from contracts.vocabulary import Kind
from services.intake.model.checks.written import Found, Written


class UnitName(Strict):
    """A name in the directory; `now` is set for a former one: the name the unit has today."""

    name: Text
    now: Text | None = None


class PostHolder(Strict):
    """A person of the writing unit with the titles of the posts held today."""

    name: Text
    posts: tuple[Text, ...]


class Directory(Strict):
    """What the rules know of units and people; handed in, never asked for."""

    units: tuple[UnitName, ...] = ()
    people: tuple[PostHolder, ...] = ()


NOBODY = Directory()


class Example(Strict):
    """A text that must or must not give the finding."""

    title: Text = ""
    body: Text = ""
    kind: Kind | None = None
    day: date = date(2026, 11, 24)
    occurred_at: Instant | None = None
    place: Text | None = None
    times: int = Field(default=1, ge=1, le=2_000, description="how often the body stands there")
    unit: Text = ""
    directory: Directory = NOBODY
    words: Text | None = None
    """What must stand at the finding's place, where the example says so."""
    suggestion: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """A plain text is the body."""
        return {"body": value} if isinstance(value, str) else value


class Examples(Strict):
    gives: tuple[Example, ...] = Field(min_length=1)
    passes: tuple[Example, ...] = Field(min_length=1)


class Rule(Strict):
    """One rule of a file; a family says what its parameters are and how it looks."""

    id: Text = Field(pattern=r"^[a-z][a-z0-9-]{1,59}$")
    title: Text = Field(min_length=1, max_length=40)
    title_en: Text = Field(min_length=1, max_length=80)
    why: Text = Field(min_length=1, max_length=200)
    why_en: Text = Field(min_length=1, max_length=300)
    gravity: Gravity = Gravity.WARNING
    kinds: tuple[Kind, ...] = ()
    """Kinds of report it looks at; empty means all."""
    examples: Examples

    def looks_at(self, kind: Kind) -> bool:
        return not self.kinds or kind in self.kinds

    @abstractmethod
    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        """What it finds in the text."""

    def written(self, example: Example) -> Written:
        """An example as a text of a kind that the rule looks at."""
        kind = example.kind or (self.kinds[0] if self.kinds else Kind.DEVELOPMENT)
        body = example.body * example.times
        return Written(example.title, body, kind, example.occurred_at, example.place, example.unit, example.day)

"""Elements a report must not lack: time, place, figures, source, measures (notice 二(四))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import Field

from contracts.rpc.checks import CheckedField
from services.intake.model.checks.patterns import Pattern
from services.intake.model.checks.rule import Directory, Rule
from services.intake.model.checks.written import Found, Written


class ElementRule(Rule):
    """None of the `signs` stands in a text of some length; a field of the form can state the element as well."""

    family: Literal["element"]
    signs: tuple[Pattern, ...] = Field(min_length=1)
    from_length: int = Field(default=60, ge=1, description="characters; a shorter text has only been begun")
    unless_field: Literal["occurred_at", "place"] | None = None
    names_a_unit: bool = Field(default=False, description="the name of a unit of the directory is a sign too")

    @cached_property
    def _sign(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{sign})" for sign in self.signs))

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        body = written.body
        if len(body) < self.from_length or self._sign.search(body) or self._stated(written, directory):
            return
        yield Found(CheckedField.BODY, len(body), len(body))

    def _stated(self, written: Written, directory: Directory) -> bool:
        if self.unless_field and getattr(written, self.unless_field):
            return True
        return self.names_a_unit and any(unit.name in written.body for unit in directory.units)



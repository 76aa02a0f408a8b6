"""Titles and texts that are too long or too short for their kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from contracts.rpc.checks import CheckedField
from services.intake.model.checks.rule import Directory, Rule
from services.intake.model.checks.written import Found, Written


class LengthRule(Rule):
    """Characters without blanks; an empty text is not begun yet."""

    family: Literal["length"]
    field: CheckedField
    at_least: int = Field(default=0, ge=0)
    at_most: int = Field(default=50_000, ge=1)

    @model_validator(mode="after")
    def _possible(self) -> LengthRule:
        if self.at_least > self.at_most:
            raise ValueError("at_least is more than at_most")
        return self

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        text = written.title if self.field is CheckedField.TITLE else written.body
        length = len("".join(text.split()))
        if length > self.at_most:
            yield Found(
                self.field, min(self.at_most, len(text) - 1), len(text), f"现有{length}字，不宜超过{self.at_most}字。",
                f"{length} characters; not more than {self.at_most}.",
            )  # fmt: skip
        elif 0 < length < self.at_least:
            yield Found(
                self.field, 0, len(text), f"现有{length}字，不宜少于{self.at_least}字。",
                f"{length} characters; not less than {self.at_least}.",
            )  # fmt: skip

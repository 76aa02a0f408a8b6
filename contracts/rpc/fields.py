"""Texts that several requests carry, with their lengths in characters."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from contracts.model import NOT_BLANK, Text

Title = Annotated[Text, Field(min_length=1, pattern=NOT_BLANK, max_length=200, description="title, characters")]
Body = Annotated[Text, Field(min_length=1, pattern=NOT_BLANK, max_length=50_000, description="text, characters")]
Remarks = Annotated[Text, Field(min_length=1, pattern=NOT_BLANK, max_length=2_000, description="remarks, characters")]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31), description="a day of the years 1900 to 2200")]
Name = Annotated[Text, Field(min_length=1, pattern=NOT_BLANK, max_length=100, description="name, characters")]

"""Every setting with its meaning, default and present value; secrets are never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from deploy.settings_page import PAGE, settings_page
from kernel.settings import Settings

HIDDEN = "••••••"
_PASSWORD_IN_ADDRESS = re.compile(r"(?<=://)([^:/@\s]*):.*(?=@)")


@dataclass(frozen=True)
class Setting:
    """One variable as one process sees it."""

    variable: str
    meaning: str
    default: str | None
    """None when the variable must be given."""
    value: str | None
    """As given, secrets hidden; None when not given."""
    required: bool


def settings_of(environment: Mapping[str, str]) -> list[Setting]:
    """All settings in the order of `kernel.settings`, with the values that `environment` gives."""
    return [_setting(name, environment) for name in Settings.model_fields]


def _setting(name: str, environment: Mapping[str, str]) -> Setting:
    field = Settings.model_fields[name]
    variable = f"CHENGBAO_{name.upper()}"
    given = environment.get(variable)
    default = None if field.is_required() or field.default is None else str(field.default)
    shown = None if given is None else _hidden_whole(given) if _is_secret(field) else hidden(given)
    return Setting(variable, field.description or "", default, shown, field.is_required())


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in (field.annotation, *get_args(field.annotation))


def _hidden_whole(value: str) -> str:
    scheme, found, _ = value.partition("://")
    return f"{scheme}://{HIDDEN}" if found else HIDDEN


def hidden(value: str) -> str:
    """The value with the password of an address hidden; an address stays readable otherwise."""
    return _PASSWORD_IN_ADDRESS.sub(lambda found: f"{found[1]}:{HIDDEN}", value)


def write_page() -> Path:
    """Write docs/operators/settings.md; returns where."""
    PAGE.write_text(settings_page())
    return PAGE

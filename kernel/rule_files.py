"""Reading a file of dated rules: whatever is wrong in it is named by file, place and problem."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Rules = TypeVar("Rules", bound=BaseModel)


class WrongRules(ValueError):
    """A file of rules cannot be used; the message names the file, the place and what is wrong."""


def read_rules(path: Path, model: type[Rules]) -> Rules:
    """Read and check a file of rules. Raises `WrongRules`."""
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WrongRules(f"{path}: not readable as YAML: {error}") from error
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise WrongRules(f"{path}: {'; '.join(problems)}") from error

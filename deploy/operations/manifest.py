"""What a backup says of itself: versions, and name, size and SHA-256 of everything in it."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict, Field

from deploy.layout import ROOT

FORMAT = 1
NAME = "manifest.json"
BLOCK = 1 << 20


class Member(BaseModel):
    """One file of the backup."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(pattern=r"^(databases|files|keys|checkpoints|marks)/.+$")
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """The first file of a backup."""

    model_config = ConfigDict(frozen=True)  # a later product may say more
    kind: Literal["chengbao-backup"] = "chengbao-backup"
    format: int = FORMAT
    product: str
    made_at: str
    """The machine's clock."""
    city_time: str
    """The city's clock, which a demo moves."""
    mode: str
    postgres: str
    revisions: dict[str, list[str]]
    """Heads of the schema by database."""
    newest_receipt: str | None
    members: list[Member]


def member_of(path: Path, name: str) -> Member:
    """A file on disk as a member called `name`."""
    with path.open("rb") as file:
        size, digest = measured(file, None)
    return Member(name=name, size=size, sha256=digest)


def measured(source: IO[bytes], into: IO[bytes] | None) -> tuple[int, str]:
    """Size and SHA-256 of what is read, written on to `into`."""
    digest, size = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        digest.update(block)
        size += len(block)
        if into is not None:
            into.write(block)
    return size, digest.hexdigest()


def product_version() -> str:
    """Of this program."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])

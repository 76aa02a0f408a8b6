"""The evidence of all databases: verified, and its checkpoints taken outside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from contracts.rpc.refused_attempts import ListRefusedAttempts, RefusedAttempt, RefusedAttemptPage
from deploy.operations.installation import Installation, OperationFailed
from deploy.operations.operators import first_line
from kernel.audit.attempts import newest
from kernel.audit.checkpoints import export_checkpoint
from kernel.audit.keys import load_public_keys
from kernel.audit.verdict import Verdict
from kernel.audit.verify import verify_database
from kernel.audit.witnesses import Witness, read_witnesses


@dataclass(frozen=True)
class Verification:
    """The verdict on one database, and files of `--against` that witness nothing."""

    owner: str
    verdict: Verdict
    useless: tuple[tuple[str, str], ...]

    def document(self) -> dict[str, Any]:
        ignored = [{"file": name, "reason": reason} for name, reason in self.useless]
        return {**self.verdict.document(), "service": self.owner, "ignored": ignored}


def verify_all(
    installation: Installation, against: Path | None = None, owners: Sequence[str] = (), keys: Path | None = None
) -> Iterator[Verification]:
    """Verdicts database by database; `keys` is a folder of public keys kept elsewhere, else each process's own.

    A folder of receipts witnesses the gateway's database alone; the others are then verified without a witness.
    """
    for owner in owners or installation.owners:
        public_keys = keys or installation.keys(owner)
        held = against if against and _speaks_of(against, public_keys, owner) else None
        verdict, useless = verify_database(installation.database_url(owner), public_keys, held, owner)
        yield Verification(owner, verdict, tuple(useless))


def _speaks_of(folder: Path, keys: Path, owner: str) -> bool:
    """Whether a document there witnesses this database; true as well when none there witnesses anything at all,
    so that the verdict says so."""
    try:
        found = list(read_witnesses(folder, load_public_keys(keys)))
    except (OSError, ValueError):
        return True
    services = {item.service for item in found if isinstance(item, Witness)}
    return not services or owner in services


def exit_status(verifications: Sequence[Verification]) -> int:
    """1 when anything was changed, else 2 when something cannot be said, else 0."""
    found = {verification.verdict.exit_status for verification in verifications}
    return 1 if 1 in found else max(found, default=0)


def export_checkpoints(installation: Installation, folder: Path, owners: Sequence[str] = ()) -> list[Path]:
    """The newest checkpoint of each database as a file to be kept outside. Raises `OperationFailed`."""
    written = []
    for owner in owners or installation.owners:
        document = newest_checkpoint(installation, owner)
        if document is not None:
            written.append(_write(folder / f"{owner}-{document['number']:09d}.json", document))
    return written


def newest_checkpoint(installation: Installation, owner: str) -> dict[str, Any] | None:
    """The newest checkpoint of one database as it is kept outside; None before its first act."""
    try:
        with installation.database(owner) as database, database.reading() as session:
            return export_checkpoint(session)
    except SQLAlchemyError as error:
        raise OperationFailed(f"{owner} 的数据库读不出来：{first_line(error)}。", "请检查数据库是否在运行。") from error


def refused_attempts(
    installation: Installation, asked: ListRefusedAttempts, owners: Sequence[str] = ()
) -> list[RefusedAttempt]:
    """The newest of all databases, as many as are asked for. Raises `OperationFailed`."""
    found: list[RefusedAttempt] = []
    for owner in owners or installation.owners:
        try:
            with installation.database(owner) as database, database.reading() as session:
                found += newest(session, asked, RefusedAttemptPage).items
        except SQLAlchemyError as error:
            raise OperationFailed(
                f"{owner} 的数据库读不出来：{first_line(error)}。", "请检查数据库是否在运行。"
            ) from error
    return sorted(found, key=lambda one: one.id, reverse=True)[: asked.limit]


def _write(path: Path, document: dict[str, Any]) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise OperationFailed(f"无法写入 {path}：{error.strerror}。", "请换一个可写的目录。") from error
    return path

"""Whether the bytes of every attachment the gateway knows lie where they should."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg

from deploy.operations.findings import Finding, Level
from deploy.operations.installation import Installation
from gateway.attachments.storage import Storage


def examine_attachments(installation: Installation) -> Iterator[Finding]:
    storage = Storage(installation.files("gateway"))
    try:
        with psycopg.connect(installation.database_url("gateway"), connect_timeout=5) as connection:
            known = connection.execute(
                "SELECT DISTINCT digest, size FROM attachments WHERE given_up_at IS NULL"
            ).fetchall()
    except psycopg.Error:
        return  # told of under the databases
    yield attachments_there(storage, known)


def attachments_there(storage: Storage, known: list[tuple[str, int]]) -> Finding:
    """Name and size are looked at, not every byte: `sha256sum` of a file must give its own name."""
    if known and not os.access(storage.folder, os.W_OK):
        return Finding(
            "attachments", str(storage.folder), Level.TROUBLE, "附件目录不存在或不可写",
            "检查 CHENGBAO_FILES_DIR 是否挂载到网关的每个进程，以及目录权限。",
        )
    lost = [digest for digest, size in known if not _lies(storage, digest, size)]
    if lost:
        return Finding(
            "attachments", str(storage.folder), Level.TROUBLE, f"{len(lost)} 个附件缺失或大小不符，例：{lost[0]}",
            "从最近的备份中找回同名文件（文件名即摘要），放回原处；上传单位也可重新上传同一文件。",
        )
    size = sum(size for _, size in known)
    return Finding("attachments", str(storage.folder), Level.OK, f"{len(known)} 个附件都在，共 {size / 1e6:.1f} MB")


def _lies(storage: Storage, digest: str, size: int) -> bool:
    try:
        return storage.path(digest).stat().st_size == size
    except OSError:
        return False

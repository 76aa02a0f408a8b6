"""The bytes of attachments, in a folder that all workers and replicas of the gateway share.

A file's name is its digest: equal bytes are kept once, and nothing here is ever changed. What is not yet whole bears
another name, so that a crash leaves nothing by which a half file could be taken for a whole one.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from contracts.rpc.attachments import MAX_BYTES
from gateway.attachments.refusals import FileRefused, Reason
from kernel.ids import new_id

FOLDER = "attachments"
"""Within the gateway's `CHENGBAO_FILES_DIR`, which backup and restore take along."""
UNFINISHED = ".part"
"""Ending of what is still coming in; no backup takes it, and a day later it is the leaving of a crash."""
LEFT_AFTER_S = 86_400.0
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system says when a disk, or what one may use of it, is full."""
BLOCK = 256 * 1024
PREFIX = "sha256:"


@dataclass(frozen=True)
class Received:
    """A whole file that has no name yet."""

    path: Path
    digest: str
    size: int
    """Bytes."""


class Storage:
    """Where the bytes lie."""

    def __init__(self, files_dir: Path) -> None:
        self.folder = files_dir / FOLDER

    @contextmanager
    def received(self, stream: IO[bytes]) -> Iterator[Received]:
        """Take a stream in, block by block, onto the disk; what has not been kept at the end is gone.

        Raises `FileRefused` for a file above 20 MB, without reading the rest, and when the disk is full.
        """
        path = self.folder / f"{new_id()}{UNFINISHED}"
        try:
            with _told_when_full():
                self.folder.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    digest, size = _copied(stream, file)
                    file.flush()
                    os.fsync(file.fileno())
            yield Received(path, digest, size)
        finally:
            path.unlink(missing_ok=True)

    def keep(self, file: Received) -> None:
        """Give it its name; from the return on it survives a crash. Equal bytes that lie there are replaced by it."""
        place = self.path(file.digest)
        with _told_when_full():
            place.parent.mkdir(parents=True, exist_ok=True)
            file.path.replace(place)
            for folder in (place.parent, self.folder):
                _flush_folder(folder)

    def path(self, digest: str) -> Path:
        """Where the file with this digest lies, if it does."""
        hexadecimal = digest.removeprefix(PREFIX)
        return self.folder / hexadecimal[:2] / hexadecimal

    def remove(self, digest: str) -> None:
        """Let the bytes go; nothing may name them."""
        self.path(digest).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what a crash left unfinished a day ago, by the file system's own clock: a demo's runs ahead."""
        if not self.folder.exists():
            return
        now = _time_of(self.folder)
        for path in self.folder.glob(f"*{UNFINISHED}"):
            with suppress(FileNotFoundError):  # it was finished meanwhile
                if path.stat().st_mtime < now - LEFT_AFTER_S:
                    path.unlink()


def _copied(stream: IO[bytes], file: IO[bytes]) -> tuple[str, int]:
    hashed, size = hashlib.sha256(), 0
    while block := stream.read(BLOCK):
        size += len(block)
        if size > MAX_BYTES:
            raise too_large()
        hashed.update(block)
        file.write(block)
    return f"{PREFIX}{hashed.hexdigest()}", size


def _time_of(folder: Path) -> float:
    probe = folder / f"{new_id()}.time"
    probe.touch()
    try:
        return probe.stat().st_mtime
    finally:
        probe.unlink()


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise FileRefused(
            Reason.DISK_FULL, "附件存储空间不足，文件未保存；已收的附件和报送不受影响。",
            "No space is left for attachments; the file was not kept. What was taken before is not touched.",
        ) from error


def too_large() -> FileRefused:
    megabytes = MAX_BYTES // 1024 // 1024
    return FileRefused(
        Reason.TOO_LARGE, f"文件超过上限 {megabytes} MB；请压缩图片、分卷或删减后上传。",
        f"The file is larger than {megabytes} MB; make it smaller or part it.", limit=MAX_BYTES,
    )

"""A file with many reports, sent in bulk: its results stand beside it with the key of each, so that a second run sends
what is still open under the same keys and nothing twice.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from clients.client import REPEATABLE, UNDECIDED, Client
from clients.problems import ProblemAnswer

MOST_AT_ONCE = 50
MOST_BYTES = 1_500_000
"""Of one request; the gateway takes 2 MB."""
TOO_LARGE = 413

State = Literal["open", "received", "refused"]


class WrongFile(Exception):
    """The file holds no reports, or its results belong to something else; the message says what."""


@dataclass
class Line:
    """One report of the file by its place (the first is 1), and what became of it."""

    place: int
    idempotency_key: str
    title: str = ""
    state: State = "open"
    number: str | None = None
    detail: str | None = None
    """Why it was refused, or is still open."""
    pointer: str | None = None
    sent: str | None = None
    """Digest of what was sent with the key: what was received, or may have been, is never another report."""


@dataclass
class BulkFile:
    """The reports of a file and what became of each. Refused ones are sent again by the next run: they may have been
    put right in the meantime."""

    reports: list[dict[str, Any]]
    results: Path
    caller: str
    """Mark of the token: keys belong to a client, another client's would be other reports."""
    lines: list[Line] = field(default_factory=list)
    pause: float = 0.0
    """Seconds the gateway asked to wait before what is open is sent again."""

    def send(self, client: Client) -> None:
        """Everything that has no receipt, once. Keys are on disk before the gateway hears of them.

        Raises `GatewayAway`, and `ProblemAnswer` for what concerns the whole (an unknown token).
        """
        self.pause = 0.0
        for line in self.lines:
            line.sent = _digest(self.reports[line.place - 1])
        self.keep()
        for batch in self._batches():
            self._send_batch(client, batch)
            self.keep()

    def count(self, state: State) -> int:
        return sum(line.state == state for line in self.lines)

    def keep(self) -> None:
        """Write the results: whole or not at all, for nobody else's eyes."""
        document = {"caller": self.caller, "items": [asdict(line) for line in self.lines]}
        draft = self.results.with_name(self.results.name + ".part")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.results)

    def _batches(self) -> Iterator[list[Line]]:
        batch: list[Line] = []
        size = 0
        for line in self.lines:
            if line.state == "received":
                continue
            length = len(json.dumps(self.reports[line.place - 1], ensure_ascii=False).encode())
            if batch and (len(batch) == MOST_AT_ONCE or size + length > MOST_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(line)
            size += length
        if batch:
            yield batch

    def _send_batch(self, client: Client, batch: list[Line]) -> None:
        items = [
            {"idempotency_key": line.idempotency_key, "report": self.reports[line.place - 1]} for line in batch
        ]
        try:
            results = client.submit_reports(items)
        except ProblemAnswer as problem:
            if problem.status != TOO_LARGE or len(batch) > 1:
                raise
            results = [{"status": problem.status, "problem": problem.document}]
        for place, (line, result) in enumerate(zip(batch, results, strict=True)):
            self._take(line, result, f"/items/{place}/report")

    def _take(self, line: Line, result: dict[str, Any], root: str) -> None:
        if result.get("receipt"):
            line.state, line.number, line.detail, line.pointer = "received", result["receipt"]["number"], None, None
            return
        problem = result["problem"]
        undecided = result["status"] in REPEATABLE or str(problem.get("type", "")).endswith(UNDECIDED)
        line.state = "open" if undecided else "refused"
        line.detail = str(problem.get("detail") or problem.get("title"))
        pointer = problem.get("pointer")
        line.pointer = pointer.removeprefix(root) if isinstance(pointer, str) else None
        self.pause = max(self.pause, float(problem.get("retry_after", 1 if undecided else 0)))


def read_bulk(file: Path, results: Path, caller: str, *, renewed: bool = False) -> BulkFile:
    """The reports of the file, with the keys and results of an earlier run. `renewed`: that one was made with an
    earlier token of the same client. Raises `WrongFile`, `OSError`."""
    reports = _reports(file.read_text(encoding="utf-8"))
    bulk = BulkFile(reports, results, caller)
    earlier = _earlier(results, None if renewed else caller)
    for place, report in enumerate(reports, 1):
        line = earlier.get(place) or Line(place, str(uuid4()))
        if line.state != "refused" and line.sent not in {None, _digest(report)}:
            raise WrongFile(f"第 {place} 件已经报送，内容与当时不同；请恢复原样，改动后的内容另存为新文件。")
        line.title = str(report["content"].get("title", ""))
        bulk.lines.append(line)
    if len(earlier) > len(reports):
        raise WrongFile(f"{results} 有 {len(earlier)} 件的结果，文件只有 {len(reports)} 件；不是同一个文件。")
    return bulk


def _digest(report: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(report, sort_keys=True).encode()).hexdigest()


def _reports(text: str) -> list[dict[str, Any]]:
    """A JSON array of bodies of POST /v1/reports, or one on each line."""
    try:
        found = json.loads(text) if text.lstrip().startswith("[") else [
            json.loads(line) for line in text.split("\n") if line.strip()
        ]
        json.dumps(found, ensure_ascii=False).encode()  # JSON can spell lone surrogates, which no report holds
    except (ValueError, RecursionError) as error:
        raise WrongFile(f"不是 JSON：{error}") from error
    if not found:
        raise WrongFile("文件里没有报送。")
    for place, report in enumerate(found, 1):
        if not isinstance(report, dict) or not isinstance(report.get("content"), dict):
            raise WrongFile(f"第 {place} 件不是 POST /v1/reports 的请求体：缺少 content。")
    return found


def _earlier(results: Path, caller: str | None) -> dict[int, Line]:
    """By place. Raises `WrongFile` for what is no results file, or another client's."""
    if not results.exists():
        return {}
    try:
        document = json.loads(results.read_text(encoding="utf-8"))
        lines = [Line(**item) for item in document["items"]]
        first = document["caller"]
    except (ValueError, TypeError, KeyError) as error:
        raise WrongFile(f"{results} 不是结果文件。") from error
    if caller is not None and first != caller:
        raise WrongFile(f"{results} 是用另一个密钥报送的结果；换了密钥的同一客户端请加 --renewed-token。")
    return {line.place: line for line in lines}

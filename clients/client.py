"""The Python client of Chengbao's public API.

It makes an Idempotency-Key for every act and keeps it when it repeats, obeys Retry-After, and raises the problem the
gateway named, as the class of its type (`clients.problems`). A report is never given up silently: `GatewayAway` carries
the key to repeat it with.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from ssl import SSLContext
from typing import Any, Self
from uuid import uuid4

import httpx

from clients.problems import GatewayAway, problem_answer

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
UPLOAD_TIMEOUT = httpx.Timeout(120.0, connect=5.0)
"""For 20 MB on a slow line and the scanner behind it."""
PATIENCE = 30.0
"""Seconds a call is repeated while the gateway is away or asks to wait."""


REPEATABLE = frozenset({429, 502, 503, 504})
UNDECIDED = "still-running"
"""The act's first sending is still at work (409): its answer is had by repeating."""


@lru_cache(maxsize=1)
def trusted() -> SSLContext:
    """The authorities every client of this process trusts; reading their list takes 70 ms."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass
class Client:
    """One caller of the API: an API client (`token`) or a person (after `sign_in`). With `receipts`, a folder, every
    receipt is kept there before it is returned.

    Not for several threads at once. Use as a context manager, or call `close`.
    """

    base_url: str
    token: str | None = None
    patience: float = PATIENCE
    wait: Callable[[float], None] = time.sleep
    receipts: Path | None = None
    _http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        self._http = httpx.Client(
            base_url=self.base_url, timeout=TIMEOUT, headers=headers, trust_env=False, verify=trusted()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def sign_in(self, login: str, password: str, code: str | None = None) -> dict[str, Any]:
        """Sign a person in; the session's cookie and anti-forgery token go with every call from then on.

        Raises `CodeRequired` when the account needs a one-time code, and `GatewayAway` without a key: no act was begun.
        """
        known = {"login": login, "password": password} | ({"code": code} if code else {})
        try:
            answer = self.post("/v1/sessions", known)
        except GatewayAway as away:
            raise GatewayAway(None, away.cause) from away.__cause__
        self._http.headers["X-CSRFToken"] = answer["csrf_token"]
        return answer

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._json("GET", path, params=_given(query))

    def read(self, path: str) -> tuple[dict[str, Any], str | None]:
        """One thing and its ETag, to change it by `put(..., if_match=...)` unless somebody else did first."""
        answer = self._answer("GET", path, None, {})
        return answer.json(), answer.headers.get("ETag")

    def download(self, path: str, **query: Any) -> bytes:
        return self._answer("GET", path, None, {"params": _given(query)}).content

    def post(self, path: str, body: Any = None, *, idempotency_key: str | None = None) -> dict[str, Any]:
        """An act; repeated with the same Idempotency-Key until it is answered or patience ends."""
        return self._json("POST", path, key=idempotency_key or str(uuid4()), json={} if body is None else body)

    def put(self, path: str, body: Any, *, if_match: str | None = None) -> dict[str, Any]:
        headers = {"If-Match": if_match} if if_match else {}
        return self._json("PUT", path, key=str(uuid4()), json=body, headers=headers)

    def delete(self, path: str, *, if_match: str | None = None) -> dict[str, Any]:
        return self._json("DELETE", path, key=str(uuid4()), headers={"If-Match": if_match} if if_match else {})

    def post_bytes(self, path: str, content: bytes, media_type: str, **query: str) -> dict[str, Any]:
        """Send a file; repeated with the same Idempotency-Key like any act."""
        headers = {"Content-Type": media_type}
        return self._json("POST", path, key=str(uuid4()), content=content, headers=headers, params=query)

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        cursor = None
        while True:
            page = self.get(path, cursor=cursor, **query)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def submit_report(self, body: Mapping[str, Any], *, idempotency_key: str | None = None) -> dict[str, Any]:
        """Submit a signed document; returns its receipt. Raises `GatewayAway` with the key to repeat with."""
        receipt = self.post("/v1/reports", dict(body), idempotency_key=idempotency_key)
        self._keep(receipt)
        return receipt

    def check_report(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Whether it would be accepted; nothing is kept. Raises the refusal it would get."""
        return self._json("POST", "/v1/reports", params={"dry_run": "true"}, json=dict(body))

    def submit_reports(self, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Submit up to 50 at once; each item is `{"idempotency_key": ..., "report": ...}` and has a result of its own,
        in order: `receipt` or `problem`. Repeating the whole is safe: the keys are the items'."""
        answer = self.post("/v1/reports/bulk", {"items": [dict(item) for item in items]})
        results: list[dict[str, Any]] = answer["items"]
        for result in results:
            if result.get("receipt"):
                self._keep(result["receipt"])
        return results

    def _keep(self, receipt: Mapping[str, Any]) -> None:
        if self.receipts is not None:
            self.receipts.mkdir(parents=True, exist_ok=True)
            text = json.dumps(receipt, ensure_ascii=False, indent=2) + "\n"
            (self.receipts / f"{receipt['number']}.json").write_text(text, encoding="utf-8")

    def upload(self, file: Path, name: str | None = None) -> dict[str, Any]:
        """Upload a file, 20 MB at the most; what comes back names it in `content.attachments`, without `verdict`.

        Sent twice it is kept once, so it is repeated like everything else. Raises `OSError` when it cannot be read.
        """
        return self._json(
            "POST", "/v1/attachments", params={"name": name or file.name}, content=file.read_bytes(),
            headers={"Content-Type": "application/octet-stream"}, timeout=UPLOAD_TIMEOUT,
        )

    def _json(self, verb: str, path: str, key: str | None = None, **request: Any) -> dict[str, Any]:
        answer = self._answer(verb, path, key, request)
        document: dict[str, Any] = answer.json() if answer.content else {}
        return document

    def _answer(self, verb: str, path: str, key: str | None, request: dict[str, Any]) -> httpx.Response:
        headers = {**request.pop("headers", {}), **({"Idempotency-Key": key} if key else {})}
        deadline = time.monotonic() + self.patience
        pause = 0.2
        while True:
            try:
                answer = self._http.request(verb, path, headers=headers, **request)
            except httpx.TransportError as error:
                if time.monotonic() + pause > deadline:
                    raise GatewayAway(key, type(error).__name__) from error
            else:
                if answer.status_code < 400:
                    return answer
                refused = problem_answer(answer.status_code, _problem(answer), _retry_after(answer))
                pause = max(pause, refused.retry_after)
                repeatable = answer.status_code in REPEATABLE or refused.problem == UNDECIDED
                if not repeatable or time.monotonic() + pause > deadline:
                    raise refused
            self.wait(pause)
            pause = min(pause * 2, 5.0)


def _retry_after(answer: httpx.Response) -> float:
    try:
        return float(answer.headers.get("Retry-After", 0))
    except ValueError:
        return 1.0


def _given(query: Mapping[str, Any]) -> dict[str, str]:
    """Without what was not asked for."""
    return {name: str(value) for name, value in query.items() if value is not None}


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        return {"title": answer.reason_phrase, "detail": answer.text[:200]}
    return document if isinstance(document, dict) else {"detail": str(document)}

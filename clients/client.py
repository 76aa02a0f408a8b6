"""The Python client of Chengbao's public API.

It makes an Idempotency-Key for every act and keeps it when it repeats, obeys Retry-After, and raises the problem the
gateway named. A report is never given up silently: `UnknownOutcome` carries the key to repeat it with.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
UPLOAD_TIMEOUT = httpx.Timeout(120.0, connect=5.0)
"""For 20 MB on a slow line and the scanner behind it."""
PATIENCE = 30.0
"""Seconds a call is repeated while the gateway is away or asks to wait."""


class ChengbaoError(Exception):
    """Base of what the client raises."""


class GatewayAway(ChengbaoError):
    """The gateway did not answer in time. Nothing is known to be lost: repeat with the same `idempotency_key`."""

    def __init__(self, idempotency_key: str | None, cause: str) -> None:
        super().__init__(f"the gateway does not answer ({cause}); repeat with Idempotency-Key {idempotency_key}")
        self.idempotency_key = idempotency_key
        self.cause = cause


class ProblemAnswer(ChengbaoError):
    """The gateway refused: `problem` is the type's name, `document` the whole problem document (RFC 9457)."""

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: float = 0.0) -> None:
        self.status = status
        self.retry_after = retry_after
        """Seconds the gateway asks to wait."""
        self.document = dict(document)
        self.problem = str(document.get("type", "")).rpartition("/")[2] or str(status)
        super().__init__(f"{status} {self.problem}: {document.get('detail', document.get('title', ''))}")

    @property
    def remedy(self) -> str:
        return str(self.document.get("remedy", ""))


REPEATABLE = frozenset({429, 502, 503, 504})
UNDECIDED = "still-running"
"""The act's first sending is still at work (409): its answer is had by repeating."""


@dataclass
class Client:
    """One caller of the API: an API client (`token`) or a person (after `sign_in`).

    Not for several threads at once. Use as a context manager, or call `close`.
    """

    base_url: str
    token: str | None = None
    patience: float = PATIENCE
    wait: Callable[[float], None] = time.sleep
    _http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        self._http = httpx.Client(base_url=self.base_url, timeout=TIMEOUT, headers=headers, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def sign_in(self, login: str, password: str) -> dict[str, Any]:
        """Sign a person in; the session's cookie and anti-forgery token go with every call from then on."""
        answer = self.post("/v1/sessions", {"login": login, "password": password})
        self._http.headers["X-CSRFToken"] = answer["csrf_token"]
        return answer

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        given = {name: str(value) for name, value in query.items() if value is not None}
        return self._json("GET", path, params=given)

    def download(self, path: str, **query: Any) -> bytes:
        return self._answer("GET", path, None, {"params": query}).content

    def post(self, path: str, body: Any = None, *, idempotency_key: str | None = None) -> dict[str, Any]:
        """An act; repeated with the same Idempotency-Key until it is answered or patience ends."""
        return self._json("POST", path, key=idempotency_key or str(uuid4()), json={} if body is None else body)

    def put(self, path: str, body: Any, *, if_match: str | None = None) -> dict[str, Any]:
        headers = {"If-Match": if_match} if if_match else {}
        return self._json("PUT", path, key=str(uuid4()), json=body, headers=headers)

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
        return self.post("/v1/reports", dict(body), idempotency_key=idempotency_key)

    def upload_attachment(self, file: Path, name: str | None = None) -> dict[str, Any]:
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
                refused = ProblemAnswer(answer.status_code, _problem(answer), _retry_after(answer))
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


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        return {"title": answer.reason_phrase, "detail": answer.text[:200]}
    return document if isinstance(document, dict) else {"detail": str(document)}

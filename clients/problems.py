"""What the client raises: one class for each problem type of the gateway (RFC 9457), so that callers catch by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class ChengbaoError(Exception):
    """Base of what the client raises."""


class GatewayAway(ChengbaoError):
    """The gateway did not answer in time. Nothing is known to be lost: repeat with the same `idempotency_key`; where
    it is None, no act was begun."""

    def __init__(self, idempotency_key: str | None, cause: str) -> None:
        repeat = f"repeat with Idempotency-Key {idempotency_key}" if idempotency_key else "nothing was submitted"
        super().__init__(f"the gateway does not answer ({cause}); {repeat}")
        self.idempotency_key = idempotency_key
        self.cause = cause


class ProblemAnswer(ChengbaoError):
    """The gateway refused: `problem` is the type's name, `document` the whole problem document (RFC 9457)."""

    TYPE: ClassVar[str] = ""
    KINDS: ClassVar[dict[str, type[ProblemAnswer]]] = {}
    """Name of the type -> its class."""

    def __init_subclass__(cls) -> None:
        ProblemAnswer.KINDS[cls.TYPE] = cls

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: float = 0.0) -> None:
        self.status = status
        self.retry_after = retry_after
        """Seconds the gateway asks to wait."""
        self.document = dict(document)
        self.problem = problem_of(status, document)
        super().__init__(f"{status} {self.problem}: {document.get('detail', document.get('title', ''))}")

    @property
    def remedy(self) -> str:
        return str(self.document.get("remedy", ""))

    @property
    def pointer(self) -> str | None:
        """JSON pointer of the field at fault; `errors` has one entry per fault."""
        pointer = self.document.get("pointer")
        return None if pointer is None else str(pointer)

    @property
    def errors(self) -> list[dict[str, Any]]:
        return list(self.document.get("errors") or [])

    @property
    def request_id(self) -> str | None:
        """What an operator finds the request by."""
        found = self.document.get("request_id")
        return None if found is None else str(found)


def problem_of(status: int, document: Mapping[str, Any]) -> str:
    return str(document.get("type", "")).rpartition("/")[2] or str(status)


def problem_answer(status: int, document: Mapping[str, Any], retry_after: float = 0.0) -> ProblemAnswer:
    """The document as the class of its type; a type that a newer gateway added is a plain `ProblemAnswer`."""
    kind = ProblemAnswer.KINDS.get(problem_of(status, document), ProblemAnswer)
    return kind(status, document, retry_after)


class Invalid(ProblemAnswer):
    """422. Correct the field named by pointer and send again."""

    TYPE = "invalid"


class Malformed(ProblemAnswer):
    """400. Send well-formed UTF-8 JSON."""

    TYPE = "malformed"


class UnsupportedMediaType(ProblemAnswer):
    """415. Send Content-Type: application/json."""

    TYPE = "unsupported-media-type"


class TooLarge(ProblemAnswer):
    """413. Shorten the content and send again."""

    TYPE = "too-large"


class Unauthenticated(ProblemAnswer):
    """401. Sign in again or check the API token."""

    TYPE = "unauthenticated"


class CodeRequired(ProblemAnswer):
    """401. Sign in again with code: the telephone's one-time code, or a recovery code."""

    TYPE = "code-required"


class FactorRequired(ProblemAnswer):
    """403. Set it up first, on its page or by POST /v1/sessions/current/second-factor."""

    TYPE = "factor-required"


class Forbidden(ProblemAnswer):
    """403. Ask the security administrator for the right if you need it."""

    TYPE = "forbidden"


class OwnDraft(ProblemAnswer):
    """403. Let the responsible leader or the dated deputy sign."""

    TYPE = "own-draft"


class ScopeMissing(ProblemAnswer):
    """403. Ask the security administrator to give the client this scope."""

    TYPE = "scope-missing"


class AddressRefused(ProblemAnswer):
    """403. Call from an allowed address, or ask the security administrator to add the address named by address."""

    TYPE = "address-refused"


class TrialKey(ProblemAnswer):
    """403. A trial key is for tests; use a real token for real work."""

    TYPE = "trial-key"


class CrossSite(ProblemAnswer):
    """403. Reload the page and try again."""

    TYPE = "cross-site"


class NotFound(ProblemAnswer):
    """404. Check the identifier; what you may not see answers alike."""

    TYPE = "not-found"


class MethodNotAllowed(ProblemAnswer):
    """405. See the API document for the methods of this address."""

    TYPE = "method-not-allowed"


class Conflict(ProblemAnswer):
    """409. Read it again and act on its present state."""

    TYPE = "conflict"


class AlreadySigned(ProblemAnswer):
    """409. See its receipt among your reports."""

    TYPE = "already-signed"


class NotReturned(ProblemAnswer):
    """409. Only a returned report takes a new version; if you were just told of the return, repeat in a few seconds."""

    TYPE = "not-returned"


class StillRunning(ProblemAnswer):
    """409. Repeat later with the same Idempotency-Key."""

    TYPE = "still-running"


class StaleVersion(ProblemAnswer):
    """412. Read it again, compare, then act."""

    TYPE = "stale-version"


class IdempotencyKeyRequired(ProblemAnswer):
    """400. Make one Idempotency-Key per report and keep it when you repeat."""

    TYPE = "idempotency-key-required"


class IdempotencyKeyReused(ProblemAnswer):
    """422. Use a new key for other content."""

    TYPE = "idempotency-key-reused"


class RateLimited(ProblemAnswer):
    """429. Try again after Retry-After seconds."""

    TYPE = "rate-limited"


class Unavailable(ProblemAnswer):
    """503. Nothing was done; try again after Retry-After seconds."""

    TYPE = "unavailable"


class DurabilityOff(ProblemAnswer):
    """503. The operator must switch on fsync, full_page_writes and synchronous_commit."""

    TYPE = "durability-off"


class OutcomeUnknown(ProblemAnswer):
    """504. It may have been done; repeat with the same Idempotency-Key, it is not done twice."""

    TYPE = "outcome-unknown"


class DiskFull(ProblemAnswer):
    """507. Tell the operator."""

    TYPE = "disk-full"


class Internal(ProblemAnswer):
    """500. It has been recorded; give the operator the request_id."""

    TYPE = "internal"


class AttachmentTooLarge(ProblemAnswer):
    """413. A file has 20 MB at the most."""

    TYPE = "attachment-too-large"


class AttachmentType(ProblemAnswer):
    """415. Send a kind of file that is taken, with the ending that its content has."""

    TYPE = "attachment-type"


class AttachmentRefused(ProblemAnswer):
    """422. Mend the file: `document["reason"]` says what is wrong with it."""

    TYPE = "attachment-refused"

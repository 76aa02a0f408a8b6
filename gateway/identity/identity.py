"""Who a request comes from."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.model.directory import HeldPost
from kernel.principal import Principal


@dataclass(frozen=True)
class ClientLimits:
    """What an API client may do; `networks` empty: from everywhere, `per_minute` None: as the setting says."""

    scopes: frozenset[str]
    networks: tuple[str, ...] = ()
    per_minute: int | None = None
    trial: bool = False
    by_earlier_token: bool = False
    """Whether this request came with the token before the present one."""


@dataclass(frozen=True)
class Identity:
    """A person signed in, or a unit's API client with its limits."""

    principal: Principal
    is_client: bool
    attested: bool = False
    """Whether this client may state signers (allowed by the security administrator)."""
    session_hash: bytes | None = None
    off_posts: tuple[HeldPost, ...] = ()
    """Posts that do not count today and whose role was granted; only to say so when something is refused."""
    limits: ClientLimits | None = None
    by_code: bool = False
    """Whether this person signs in with a one-time code too."""

    @property
    def scope(self) -> str:
        """Names this caller for idempotency keys and limits."""
        return f"{'client' if self.is_client else 'account'}:{self.principal.id}"

    @property
    def trial(self) -> bool:
        """Whether what this caller submits is a trial, which reaches nobody."""
        return self.limits is not None and self.limits.trial

"""Who a request comes from."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.model.directory import HeldPost
from kernel.principal import Principal


@dataclass(frozen=True)
class Identity:
    """A person signed in, or a unit's API client."""

    principal: Principal
    is_client: bool
    attested: bool = False
    """Whether this client may state signers (allowed by the security administrator)."""
    session_hash: bytes | None = None
    off_posts: tuple[HeldPost, ...] = ()
    """Posts that do not count today and whose role was granted; only to say so when something is refused."""

    @property
    def scope(self) -> str:
        """Names this caller for idempotency keys and limits."""
        return f"{'client' if self.is_client else 'account'}:{self.principal.id}"

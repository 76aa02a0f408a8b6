"""Who acts: the principal that gateway and services sign and check.

A principal is a person, an API client or `system:<service>`. For RPC it expires; carried by an event it is evidence
and never does (lifecycles.md, "Who is who"). It travels as a JWT signed with Ed25519.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kernel.errors import Forbidden

RPC_LIFETIME = timedelta(seconds=60)
"""How long a principal is good for in RPC."""


class UntrustedPrincipal(Exception):
    """The principal's signature, key or age is not acceptable; nothing is done in its name."""


@dataclass(frozen=True)
class Principal:
    """Who acts, for which unit, with which roles."""

    id: str
    """A person's or client's UUID as text, or `system:<service>`."""
    name: str
    unit_id: UUID | None
    roles: frozenset[str]
    clearance: str = "unclassified"

    def holds(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: str) -> None:
        """Raise `Forbidden` unless one of `roles` is held."""
        if not self.holds(*roles):
            raise Forbidden("您的角色无权进行此操作。", "Your role does not allow this act.")

    def same_person(self, person_id: UUID | str | None) -> bool:
        return person_id is not None and self.id == str(person_id)

    @property
    def person_id(self) -> UUID:
        """The id as UUID. Raises `ValueError` for a system principal."""
        return UUID(self.id)


def system_principal(service: str) -> Principal:
    """The principal of a service acting on its own, for example when a deadline passes."""
    return Principal(f"system:{service}", f"system:{service}", None, frozenset({"system"}))


def key_named(token: str) -> str:
    """The key a token says it is signed with; for tokens known to be genuine, nothing is checked."""
    return _key_named(token.partition(".")[0])


@lru_cache(maxsize=64)  # there is one header for each key
def _key_named(header: str) -> str:
    padded = header + "=" * (-len(header) % 4)
    return str(json.loads(base64.urlsafe_b64decode(padded)).get("kid", ""))


class Keyring:
    """This process's signing key and everybody's public keys.

    `directory` holds `<name>.pem` (private, only those this process may use) and `<name>.pub.pem` (public). A key
    of a service may only speak for `system:<service>`; the gateway's key speaks for people and clients.
    """

    def __init__(self, name: str, private_key: Ed25519PrivateKey, public_keys: Mapping[str, Ed25519PublicKey]) -> None:
        self.name = name
        self.private_key = private_key
        self.public_keys = dict(public_keys)
        self._encoded = lru_cache(maxsize=256)(self._encode)

    @classmethod
    def load(cls, name: str, directory: Path) -> Keyring:
        private = serialization.load_pem_private_key((directory / f"{name}.pem").read_bytes(), None)
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError(f"{directory / name}.pem is not an Ed25519 key; make one with 'chengbao keys'")
        public = {}
        for path in directory.glob("*.pub.pem"):
            key = serialization.load_pem_public_key(path.read_bytes())
            if isinstance(key, Ed25519PublicKey):
                public[path.name.removesuffix(".pub.pem")] = key
        return cls(name, private, public)

    @staticmethod
    def create(name: str, directory: Path) -> None:
        """Make the key pair of `name` unless it is there."""
        private_path, public_path = directory / f"{name}.pem", directory / f"{name}.pub.pem"
        if private_path.exists():
            return
        directory.mkdir(parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        private_path.touch(mode=0o600)
        private_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        public_path.write_bytes(
            key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )

    def sign(self, principal: Principal, now: datetime, lifetime: timedelta | None = RPC_LIFETIME) -> str:
        """The principal as a signed token; `lifetime` None for an event, where it is evidence.

        A token tells whole seconds and the signature is deterministic: within a second the same one is given again.
        """
        return self._encoded(principal, int(now.timestamp()), None if lifetime is None else lifetime.total_seconds())

    def _encode(self, principal: Principal, issued_at: int, lifetime: float | None) -> str:
        claims = {
            "sub": principal.id,
            "name": principal.name,
            "unit": str(principal.unit_id) if principal.unit_id else None,
            "roles": sorted(principal.roles),
            "clearance": principal.clearance,
            "iat": issued_at,
        }
        if lifetime is not None:
            claims["exp"] = int(issued_at + lifetime)
        return jwt.encode(claims, self.private_key, algorithm="EdDSA", headers={"kid": self.name})

    def seal(self, claims: Mapping[str, Any]) -> str:
        """JSON-ready claims sealed with this process's key, for another process to trust without asking back."""
        return jwt.encode(dict(claims), self.private_key, algorithm="EdDSA", headers={"kid": self.name, "typ": "seal"})

    def unseal(self, token: str, sealed_by: str) -> dict[str, Any]:
        """The claims that `sealed_by` sealed. Raises `UntrustedPrincipal` when it did not."""
        try:
            if jwt.get_unverified_header(token).get("typ") != "seal":
                raise UntrustedPrincipal("not a seal")
            return jwt.decode(
                token,
                self.public_keys[sealed_by],
                algorithms=["EdDSA"],
                options={"verify_exp": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise UntrustedPrincipal(f"not sealed by {sealed_by}: {type(error).__name__}") from error

    def verify(self, token: str, now: datetime | None) -> Principal:
        """The principal a token speaks for; `now` None does not look at its age (events).

        Raises `UntrustedPrincipal`.
        """
        try:
            header = jwt.get_unverified_header(token)
            if header.get("typ") == "seal":
                raise UntrustedPrincipal("a seal is not a principal")
            key_name = header["kid"]
            claims = jwt.decode(
                token,
                self.public_keys[key_name],
                algorithms=["EdDSA"],
                options={"verify_exp": False, "verify_iat": False},
            )
            principal = Principal(
                claims["sub"],
                claims["name"],
                UUID(claims["unit"]) if claims["unit"] else None,
                frozenset(claims["roles"]),
                claims["clearance"],
            )
        except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
            raise UntrustedPrincipal(f"the principal is not signed by a known key: {type(error).__name__}") from error
        self._check_right_to_speak(key_name, principal)
        if now is not None:
            expires = claims.get("exp")
            if expires is None or datetime.fromtimestamp(expires, UTC) < now:
                raise UntrustedPrincipal("the principal has expired; sign in again")
        return principal

    @staticmethod
    def _check_right_to_speak(key_name: str, principal: Principal) -> None:
        """A service's key speaks for this service alone, the gateway's for people, clients and itself.

        A system principal is exactly what `system_principal` makes: a service cannot give itself people's roles.
        """
        if key_name == "gateway" and not principal.id.startswith("system:"):
            return
        if principal != system_principal(key_name):
            roles = ", ".join(sorted(principal.roles))
            raise UntrustedPrincipal(f"the key of {key_name} may not speak for {principal.id} as {roles or 'nobody'}")

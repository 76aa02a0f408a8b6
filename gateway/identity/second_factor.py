"""Signing in by a second factor: one-time codes of a telephone (RFC 6238), and recovery codes for its loss (0094).

The secret is kept sealed by a key made from the gateway's own: a copy of the database alone makes no codes. A code is
taken once: its step of 30 seconds must be later than the last one taken, decided behind the account's row lock.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

import pyotp
import segno
from pydantic import Field
from sqlalchemy import delete, insert, select, update

from contracts.model import Strict, Text
from gateway.assembly import gateway
from gateway.identity.accounts import lock_account
from gateway.identity.builds_on import BuildsOn
from gateway.identity.passwords import password_matches
from gateway.identity.sessions import end_sessions
from gateway.model.accounts import accounts, recovery_codes
from gateway.secret import seal, unseal
from kernel.database import Work
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.principal import Keyring

STEP_S = 30
DRIFT = 1
"""Steps a telephone's clock may be off, either way."""
RECOVERY_CODES = 10
ISSUER = "呈报"

Code = Annotated[Text, Field(min_length=6, max_length=40)]


class OfferFactor(Strict):
    """One's password once more: a browser left open enrols nobody."""

    password: Annotated[Text, Field(min_length=1, max_length=200)]


class OfferedFactor(Strict):
    """For the telephone's app; worthless until a first code confirms it."""

    secret: str
    uri: str


class ConfirmFactor(Strict):
    code: Code


class RecoveryCodes(Strict):
    """Shown this once; each replaces one code of the telephone."""

    recovery_codes: list[str]


class Factor(Strict):
    """Whether one signs in with a code, and how many recovery codes are left."""

    active: bool
    recovery_codes_left: int


def offer_factor(work: Work, request: OfferFactor) -> OfferedFactor:
    """A fresh secret; the one in use stays in use until the fresh one is confirmed."""
    row = _own_row(work)
    if not password_matches(row.password_hash, request.password):
        raise Invalid("密码不正确。", "The password is wrong.", pointer="/password")
    secret = pyotp.random_base32()
    _set(work, row.account_id, code_secret_offered=seal(gateway().keyring, secret))
    work.audit("account.offer_factor", row.account_id)
    return OfferedFactor(secret=secret, uri=_uri(secret, row.login))


def confirm_factor(work: Work, request: ConfirmFactor) -> RecoveryCodes:
    """The first code shows that the telephone has the secret; from now on signing in needs codes."""
    row = _own_row(work)
    if row.code_secret_offered is None:
        raise Conflict("请先获取密钥。", "Ask for a secret first.")
    step = _step_of(unseal(gateway().keyring, row.code_secret_offered), request.code, work.now)
    if step is None:
        raise Invalid(
            "验证码不正确，请核对手机时间后再试。", "The code is wrong; check the telephone's clock and try again.",
            pointer="/code",
        )
    _set(
        work, row.account_id, code_secret=row.code_secret_offered, code_secret_offered=None, code_step=step,
        version=accounts.c.version + 1,
    )
    work.audit("account.confirm_factor", row.account_id)
    return RecoveryCodes(recovery_codes=_fresh_recovery_codes(work, row.account_id))


def picture(work: Work) -> bytes:
    """The offered secret as a QR code (SVG). Raises `NotFound` once it is confirmed: it is never shown again."""
    row = _own_row(work)
    secret = unseal(gateway().keyring, row.code_secret_offered) if row.code_secret_offered else None
    if secret is None:
        raise NotFound("没有待确认的密钥。", "There is no secret to confirm.")
    out = BytesIO()
    segno.make(_uri(secret, row.login), error="m").save(out, kind="svg", scale=5, border=4)
    return out.getvalue()


def own_factor(work: Work) -> Factor:
    row = _own_row(work)
    left = work.session.scalars(
        select(recovery_codes.c.code_hash).where(recovery_codes.c.account_id == row.account_id)
    ).all()
    return Factor(active=row.code_secret is not None, recovery_codes_left=len(left))


def reset_factor(work: Work, account_id: UUID, request: BuildsOn) -> Factor:
    """By the system administrator, for a lost telephone: every session ends. Nobody resets his own."""
    if work.principal.same_person(account_id):
        raise Forbidden(
            "不能重置本人的两步验证，请由另一位系统管理员办理。",
            "You cannot reset your own second factor; another system administrator does.",
        )
    version = lock_account(work, account_id, request) + 1
    end_sessions(work, account_id)
    _set(work, account_id, code_secret=None, code_secret_offered=None, version=version)
    work.session.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    work.audit("account.reset_factor", account_id)
    return Factor(active=False, recovery_codes_left=0)


def code_is_taken(work: Work, keyring: Keyring, row: Any, code: str) -> bool:
    """Whether this code signs `row`'s account in; it never does again. The caller holds the row's lock."""
    compact = code.replace(" ", "").replace("-", "").lower()
    if compact.isdigit():
        step = _step_of(unseal(keyring, row.code_secret), compact, work.now)
        if step is None or step <= row.code_step:
            return False
        _set(work, row.account_id, code_step=step)
        return True
    used = work.session.execute(
        delete(recovery_codes)
        .where(recovery_codes.c.account_id == row.account_id, recovery_codes.c.code_hash == _hash(compact))
        .returning(recovery_codes.c.code_hash)
    ).one_or_none()
    if used is not None:
        work.audit("account.use_recovery_code", row.account_id)
    return used is not None


def _step_of(secret: str | None, code: str, now: datetime) -> int | None:
    """The step this code belongs to, within DRIFT of now."""
    if secret is None:
        return None
    generator, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    for step in range(present + DRIFT, present - DRIFT - 1, -1):
        if hmac.compare_digest(generator.generate_otp(step).encode(), code.replace(" ", "").encode()):
            return step
    return None


def _fresh_recovery_codes(work: Work, account_id: UUID) -> list[str]:
    work.session.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    rows = [{"account_id": account_id, "code_hash": _hash(code)} for code in codes]
    work.session.execute(insert(recovery_codes), rows)
    return ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]


def _hash(code: str) -> bytes:
    """SHA-256; a recovery code has 80 random bits, so nothing slower is needed."""
    return hashlib.sha256(code.encode()).digest()


def _uri(secret: str, login: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def _own_row(work: Work) -> Any:
    return work.session.execute(
        select(accounts).where(accounts.c.account_id == work.principal.person_id).with_for_update()
    ).one()


def _set(work: Work, account_id: UUID, **values: Any) -> None:
    work.session.execute(update(accounts).where(accounts.c.account_id == account_id).values(**values))

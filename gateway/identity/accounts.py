"""Accounts of people: opened by the system administrator for a person of the directory, disabled, given a password."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from contracts.model import Instant, Strict, Text
from contracts.rpc.paging import ListQuery
from gateway.identity.builds_on import BuildsOn
from gateway.identity.passwords import MIN_LENGTH, hash_password, password_matches, random_password
from gateway.identity.sessions import end_sessions
from gateway.model.accounts import accounts
from gateway.model.directory import people
from kernel.database import Work
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, refuse_stale

Login = Annotated[Text, Field(min_length=2, max_length=60, pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Password = Annotated[Text, Field(min_length=MIN_LENGTH, max_length=200)]


class OpenAccount(Strict):
    """`login` in lower case letters, digits, dot, dash; without `password` a random one is made and shown once."""

    login: Login
    password: Password | None = None


class Account(Strict):
    account_id: UUID
    login: str
    name: str
    disabled: bool
    locked_until: Instant | None
    by_code: bool
    """Whether signing in needs a one-time code."""
    created_at: Instant
    version: int


class FreshPassword(Strict):
    """The password is shown this once."""

    account_id: UUID
    login: str
    password: str


class ListAccounts(ListQuery):
    q: Annotated[Text, Field(min_length=1, max_length=100, description="part of a login or a name")] | None = None


class AccountPage(Strict):
    items: list[Account]
    next_cursor: str | None = None


class ChangePassword(Strict):
    """One's own password."""

    old_password: Annotated[Text, Field(max_length=200)]
    new_password: Password


class Nothing(Strict):
    """An act that needs no words."""


def open_account(work: Work, person_id: UUID, request: OpenAccount) -> FreshPassword:
    """Give a recorded person an account. Raises `NotFound` for somebody the directory does not know (yet)."""
    name = work.session.scalar(select(people.c.name).where(people.c.person_id == person_id))
    if name is None:
        raise NotFound(
            "名录中没有此人，或名录变更尚未同步到网关，请稍后再试。",
            "The directory does not know this person, or has not told the gateway yet; try again in a moment.",
        )
    return create_account(work, person_id, name, request.login, request.password)


def create_account(work: Work, account_id: UUID, name: str, login: str, password: str | None = None) -> FreshPassword:
    """An account under this id. Raises `Conflict` when the id or the login has one."""
    taken = work.session.execute(
        select(accounts.c.login).where((accounts.c.account_id == account_id) | (accounts.c.login == login))
    ).first()
    if taken is not None:
        if taken.login == login:
            raise Conflict("登录名已被占用。", "This login is taken.", pointer="/login")
        raise Conflict("此人已有账户。", "This person has an account.")
    chosen = password or random_password()
    work.session.execute(
        insert(accounts).values(
            account_id=account_id, login=login, name=name, password_hash=hash_password(chosen), created_at=work.now
        )
    )
    work.audit("account.open", account_id, 1, login=login)
    return FreshPassword(account_id=account_id, login=login, password=chosen)


def disable_account(work: Work, account_id: UUID, request: BuildsOn) -> Account:
    """From the next request on this account is nobody. Nobody disables himself."""
    if work.principal.same_person(account_id):
        raise Forbidden("不能停用本人账户。", "You cannot disable your own account.")
    end_sessions(work, account_id)
    return _change(work, account_id, "account.disable", request, disabled=True)


def enable_account(work: Work, account_id: UUID, request: BuildsOn) -> Account:
    """Undo a disabling or a lock."""
    return _change(
        work, account_id, "account.enable", request, disabled=False, failures=0, locks=0, locked_until=None
    )


def reset_password(work: Work, account_id: UUID, request: BuildsOn) -> FreshPassword:
    """A random password, shown once; every session of the account ends."""
    password = random_password()
    end_sessions(work, account_id)
    account = _change(
        work, account_id, "account.reset_password", request, password_hash=hash_password(password), failures=0,
        locks=0, locked_until=None,
    )
    return FreshPassword(account_id=account_id, login=account.login, password=password)


def change_password(work: Work, request: ChangePassword) -> Nothing:
    """One's own password; every other session ends with this one."""
    account_id = work.principal.person_id
    stored = work.session.scalar(select(accounts.c.password_hash).where(accounts.c.account_id == account_id))
    if not password_matches(stored, request.old_password):
        raise Invalid("原密码不正确。", "The old password is wrong.", pointer="/old_password")
    end_sessions(work, account_id)
    chosen = hash_password(request.new_password)
    _change(work, account_id, "account.change_password", BuildsOn(), password_hash=chosen)
    return Nothing()


def list_accounts(session: Session, query: ListAccounts) -> AccountPage:
    """One page by login."""
    statement = select(accounts).order_by(accounts.c.login).limit(query.limit + 1)
    if query.q:
        named = (column.icontains(query.q, autoescape=True) for column in (accounts.c.login, accounts.c.name))
        statement = statement.where(or_(*named))
    if query.cursor:
        statement = statement.where(accounts.c.login > query.cursor)
    page = [_account(row) for row in session.execute(statement)]
    more = len(page) > query.limit
    page = page[: query.limit]
    return AccountPage(items=page, next_cursor=page[-1].login if more else None)


def lock_account(work: Work, account_id: UUID, request: BuildsOn) -> int:
    """Its version, held until the end of the act. Raises `NotFound`; `StaleVersion` unless the caller read this one."""
    known = accounts.c.account_id == account_id
    held = work.session.scalar(select(accounts.c.version).where(known).with_for_update())
    if held is None:
        raise NotFound("未找到该账户。", "No such account.")
    refuse_stale(held, request.version, "该账户", "The account")
    return int(held)


def _change(work: Work, account_id: UUID, act: str, request: BuildsOn, **values: Any) -> Account:
    version = lock_account(work, account_id, request) + 1
    row = work.session.execute(
        update(accounts)
        .where(accounts.c.account_id == account_id)
        .values(version=version, **values)
        .returning(*accounts.c)
    ).one()
    work.audit(act, account_id, row.version)
    return _account(row)


def _account(row: Any) -> Account:
    shown = {name: getattr(row, name) for name in Account.model_fields if name != "by_code"}
    return Account(**shown, by_code=row.code_secret is not None)

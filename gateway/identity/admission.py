"""Whether a caller whose role fits may make this request: a client by address, scope and kind of key, an administrator
by his second factor."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from gateway.identity.identity import ClientLimits, Identity
from gateway.identity.scopes import SCOPES, TRIAL_ADDRESSES
from gateway.model.accounts import ADMINISTRATORS
from kernel.errors import Forbidden, Refusal


class AddressRefused(Refusal):
    """The client may not be used from this address; the answer names the address that was seen."""

    problem = "address-refused"


class ScopeMissing(Refusal):
    """The client was not given this scope; the answer names it."""

    problem = "scope-missing"


class TrialKey(Refusal):
    """A trial key opens nothing that is real."""

    problem = "trial-key"


def admit_client(key: str, limits: ClientLimits, address: str | None, *, console: bool) -> None:
    """Raise a refusal unless the client may call this address (`key`: verb and rule)."""
    if limits.networks and not in_networks(address, limits.networks):
        raise AddressRefused(
            f"该接口客户端不允许从地址 {address} 使用。",
            f"This API client may not be used from the address {address}.",
            extra={"address": address},
        )
    if console:
        raise Forbidden("页面供人员登录使用，接口客户端请调用 /v1。", "Pages are for people; API clients use /v1.")
    if limits.trial and key not in TRIAL_ADDRESSES:
        raise TrialKey(
            "试报密钥只能试报和查询试报回执。", "A trial key submits trial reports and reads their receipts only."
        )
    scope = SCOPES.get(key)
    if scope is not None and scope not in limits.scopes:
        raise ScopeMissing(
            f"该接口客户端缺少权限范围：{scope.label}（{scope}）。", f"This API client lacks the scope {scope}.",
            extra={"scope": str(scope)},
        )


class FactorRequired(Refusal):
    """This office's administrators sign in with one-time codes; this one has yet to set that up."""

    problem = "factor-required"


_BEFORE_ENROLMENT = ("/v1/sessions", "/second-factor", "/password", "/logout", "/clock")
"""What an administrator without a second factor may still open: his own session, and setting it up."""


def admit_administrator(rule: str, identity: Identity) -> None:
    """Raise `FactorRequired` when one of the three administrators signed in by password alone; asked only where the
    setting requires codes."""
    lacking = identity.principal.holds(*ADMINISTRATORS) and not identity.by_code
    if lacking and not rule.startswith(_BEFORE_ENROLMENT):
        raise FactorRequired(
            "管理员须先设置两步验证，才能使用系统。", "Administrators must set up their second factor first."
        )


def in_networks(address: str | None, networks: Iterable[str]) -> bool:
    """Whether the address lies in one of them; an IPv4 address that came as IPv6 counts as itself."""
    try:
        seen = ip_address(address or "")
    except ValueError:
        return False
    if isinstance(seen, IPv6Address) and seen.ipv4_mapped:
        seen = seen.ipv4_mapped
    return any(seen in ip_network(network) for network in networks)

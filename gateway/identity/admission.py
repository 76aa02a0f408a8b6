"""Whether an API client may make this request: from this address, with this scope, with a trial key."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from gateway.identity.identity import ClientLimits
from gateway.identity.scopes import SCOPES, TRIAL_ADDRESSES
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


def in_networks(address: str | None, networks: Iterable[str]) -> bool:
    """Whether the address lies in one of them; an IPv4 address that came as IPv6 counts as itself."""
    try:
        seen = ip_address(address or "")
    except ValueError:
        return False
    if isinstance(seen, IPv6Address) and seen.ipv4_mapped:
        seen = seen.ipv4_mapped
    return any(seen in ip_network(network) for network in networks)

"""Where a webhook may go: to hosts on the operator's list and nowhere else (access.md 8, 0095).

The setting lists hosts (`hook.district.example`, `http://10.2.3.4:8080` where plain HTTP is wanted) and, for addresses
that are not public, networks (`10.2.0.0/16`). A name is resolved once, every address it has is looked at, and the
connection goes to the address that was looked at: a name that changes its mind in between leads nowhere else.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]
PORTS = {"https": 443, "http": 80}


class WrongTarget(Exception):
    """This address may not be called; the message says why, in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Target:
    """A permitted address of the web: what to ask whom for."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """As the Host header writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True)
class Permitted:
    """The operator's list."""

    origins: frozenset[tuple[str, str, int]]
    networks: tuple[IPv4Network | IPv6Network, ...]

    def target(self, url: str) -> Target:
        """The parts of a permitted URL. Raises `WrongTarget`."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise WrongTarget("不是有效的网址。", "This is no URL.") from error
        if parts.scheme not in PORTS or not parts.hostname or parts.username is not None or parts.fragment:
            raise WrongTarget(
                "须为不带用户名和片段的 https 网址。", "It must be an https URL without user name and fragment."
            )
        if not url.isascii() or not url.isprintable() or " " in url:
            raise WrongTarget("网址只能含可见 ASCII 字符。", "A URL has printable ASCII characters only.")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        found = Target(parts.scheme, parts.hostname, port or PORTS[parts.scheme], path)
        if (found.scheme, found.host, found.port) not in self.origins:
            raise WrongTarget(
                f"{found.scheme}://{found.authority} 不在运维名单（CHENGBAO_WEBHOOK_HOSTS）内。",
                f"{found.scheme}://{found.authority} is not on the operator's list (CHENGBAO_WEBHOOK_HOSTS).",
            )
        return found

    def address(self, target: Target, resolve: Resolve | None = None) -> str:
        """The address to connect to. Raises `WrongTarget` when the name has one that may not be called, or none."""
        try:
            found = (resolve or _resolve)(target.host, target.port)
        except OSError as error:
            raise WrongTarget(f"域名 {target.host} 无法解析。", f"{target.host} cannot be resolved.") from error
        for text in found:
            if not self._permits(ip_address(text)):
                raise WrongTarget(
                    f"{target.host} 指向内部地址 {text}，不在允许的网段内。",
                    f"{target.host} leads to {text}, which is not public and in no listed network.",
                )
        if not found:
            raise WrongTarget(f"域名 {target.host} 没有地址。", f"{target.host} has no address.")
        return found[0]

    def _permits(self, address: Address) -> bool:
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        public = address.is_global and not address.is_multicast
        return public or any(address in network for network in self.networks)


def permitted(setting: str) -> Permitted:
    """The setting's list, entries separated by commas. Raises `ValueError` naming the entry that is neither."""
    origins, networks = set(), []
    for entry in filter(None, (part.strip() for part in setting.split(","))):
        if "/" in entry.partition("://")[2] or ("://" not in entry and "/" in entry):
            networks.append(ip_network(entry))
            continue
        parts = urlsplit(entry if "://" in entry else f"https://{entry}")
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError(f"{entry!r} is neither a host nor a network")
        origins.add((parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme]))
    return Permitted(frozenset(origins), tuple(networks))


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]

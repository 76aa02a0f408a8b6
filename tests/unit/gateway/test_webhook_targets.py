"""Webhooks go to the operator's hosts only, to the address that was looked at, signed (R24, 0095)."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.webhooks.calling import post
from gateway.webhooks.signing import PREFIX, fresh_secret, headers
from gateway.webhooks.targets import Target, WrongTarget, permitted

LIST = permitted("hook.hexi.example, http://10.2.3.4:8080, 10.2.0.0/16, [2001:db8::5]:8443")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://hook.hexi.example/in?a=1", "/in?a=1"),
        ("https://HOOK.hexi.example:443", "/"),
        ("http://10.2.3.4:8080/x", "/x"),
        ("https://[2001:db8::5]:8443/x", "/x"),
    ],
)
def test_R24_listed_hosts_are_permitted(url: str, path: str) -> None:
    assert LIST.target(url).path == path


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.hexi.example/",
        "https://hook.hexi.example:8443/",
        "https://hook.hexi.example.evil.example/",
        "https://hook.hexi.example@evil.example/",
        "https://user@hook.hexi.example/",
        "https://evil.example/#hook.hexi.example",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://hook.hexi.example/\r\nX: y",
        "https://hook.hexi.example/路",
        "https://hook.hexi.example:99999/",
        "https://[hook/",
        "",
    ],
)
def test_R24_everything_else_is_refused(url: str) -> None:
    with pytest.raises(WrongTarget):
        LIST.target(url)


@pytest.mark.parametrize(
    ("found", "allowed"),
    [
        (["93.184.215.14"], True),
        (["10.2.9.9"], True),
        (["10.3.0.1"], False),
        (["127.0.0.1"], False),
        (["169.254.169.254"], False),
        (["::1"], False),
        (["::ffff:127.0.0.1"], False),
        (["93.184.215.14", "127.0.0.1"], False),
        ([], False),
    ],
)
def test_R24_a_name_that_leads_inside_is_refused_unless_its_network_is_listed(found: list[str], allowed: bool) -> None:
    target = LIST.target("https://hook.hexi.example/")
    if allowed:
        assert LIST.address(target, lambda host, port: found) == found[0]
    else:
        with pytest.raises(WrongTarget):
            LIST.address(target, lambda host, port: found)


def test_R24_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    """The name is not asked again: one that nobody knows is reached by the address found for it."""
    answer = post(Target("http", "name.invalid", 9, "/"), "127.0.0.1", {}, b"", seconds=1.0)
    assert answer.error is not None
    assert "Connection refused" in answer.error


@pytest.mark.parametrize("entry", ["ftp://x", "10.0.0.0/33", "https://"])
def test_R24_a_list_that_cannot_be_read_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        permitted(f"good.example,{entry}")


@given(st.binary(max_size=500), st.integers(0, 2**32))
def test_R24_each_secret_signs_id_time_and_body(body: bytes, timestamp: int) -> None:
    secrets = [fresh_secret(), fresh_secret()]
    made = headers("id", timestamp, body, secrets)
    expected = [
        base64.b64encode(
            hmac.new(
                base64.b64decode(secret.removeprefix(PREFIX)), f"id.{timestamp}.".encode() + body, hashlib.sha256
            ).digest()
        ).decode()
        for secret in secrets
    ]
    assert made["webhook-signature"] == " ".join(f"v1,{one}" for one in expected)

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contracts.receipts import AuditReference, Receipt, sign_receipt
from contracts.vocabulary import Kind
from kernel.audit.checkpoints import Checkpoint, merkle_root
from kernel.audit.entries import detail_text, entry_hash, instant_text
from kernel.audit.keys import key_id, load_public_keys
from kernel.audit.lanes import NOTHING_YET
from kernel.audit.witnesses import NotAWitness, witness_of
from kernel.principal import Keyring

AT = datetime(2026, 3, 2, 1, 2, 3, 4, tzinfo=UTC)
ENTRY = {
    "lane": 3,
    "number": 7,
    "at": AT,
    "principal_id": "1",
    "principal_name": "王芳",
    "principal_key": "gateway",
    "principal_token_hash": "ab",
    "act": "report.accepted",
    "subject": "s",
    "version": 1,
    "detail": "{}",
    "previous": NOTHING_YET,
    "key_id": "gateway.1",
}
KEY = Ed25519PrivateKey.generate()
PUBLIC = {key_id("gateway", KEY.public_key()): KEY.public_key()}


class Colour(StrEnum):
    RED = "red"


def test_the_hash_of_an_entry_is_the_same_for_ever() -> None:
    """Written down once: a new spelling of anything would make every older chain look tampered with."""
    assert entry_hash(ENTRY) == "18b3907d7783982c9af773c182bd4f861dfd3cf4434768c72b34bde2bc4c1dde"


@pytest.mark.parametrize("name", list(ENTRY))
def test_every_field_is_in_the_hash(name: str) -> None:
    value = ENTRY[name]
    changed = value + timedelta(microseconds=1) if isinstance(value, datetime) else f"{value}0"

    assert entry_hash(ENTRY | {name: changed}) != entry_hash(ENTRY)


def test_an_instant_has_one_spelling_in_every_zone() -> None:
    assert instant_text(AT.astimezone(timezone(timedelta(hours=8)))) == "2026-03-02T01:02:03.000004+00:00"


def test_details_of_any_type_are_written_down() -> None:
    detail = {
        "time": AT,
        "id": UUID(int=1),
        "points": Decimal("2.50"),
        "colour": Colour.RED,
        "big": 2**60,
        "nothing": None,
        "yes": True,
        "list": (1, 2.5),
        "not a number": math.nan,
    }

    assert json.loads(detail_text(detail)) == {
        "time": "2026-03-02T01:02:03.000004+00:00",
        "id": "00000000-0000-0000-0000-000000000001",
        "points": "2.50",
        "colour": "red",
        "big": str(2**60),
        "nothing": None,
        "yes": True,
        "list": [1, 2.5],
        "not a number": "nan",
    }


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=5), anything, max_size=4))
def test_no_detail_can_stop_an_act(detail: dict[str, object]) -> None:
    text = detail_text(detail)

    assert text.encode()
    assert "\x00" not in text


def test_the_merkle_root_changes_with_every_head_and_their_order() -> None:
    heads = [(lane, lane, f"{lane:064}") for lane in range(5)]
    roots = {
        merkle_root(heads),
        merkle_root(heads[::-1]),
        merkle_root(heads[:4]),
        merkle_root([*heads[:4], (4, 9, "")]),
    }

    assert len(roots) == 4


def test_the_owner_of_another_services_key_cannot_speak_for_this_one(tmp_path: Path) -> None:
    Keyring.create("gateway", tmp_path)
    Keyring.create("intake", tmp_path)
    (tmp_path / "gateway.pub.pem").rename(tmp_path / "gateway.2026.pub.pem")

    assert sorted(identity.split(".")[0] for identity in load_public_keys(tmp_path)) == ["gateway", "intake"]


def receipt() -> Receipt:
    unsigned = Receipt(
        number="2026-0000001",
        report_id=UUID(int=1),
        version=1,
        kind=Kind.URGENT_FIRST,
        unit_id=UUID(int=2),
        title="化工厂火情",
        content_hash="sha256:00",
        received_at=AT,
        audit=AuditReference(lane=3, number=7, hash="ab", checkpoint_number=5, checkpoint_root="cd"),
        key_id="gateway",
    )
    return sign_receipt(unsigned, KEY)


def test_R04_the_receipt_a_unit_holds_is_a_witness() -> None:
    witness = witness_of(json.loads(receipt().model_dump_json()), PUBLIC)

    assert witness.service == "gateway"
    assert witness.entry is not None
    assert (witness.entry.lane, witness.entry.number, witness.entry.hash) == (3, 7, "ab")
    assert (witness.checkpoint_number, witness.checkpoint_root) == (5, "cd")


def test_a_receipt_that_was_changed_is_none() -> None:
    document = json.loads(receipt().model_dump_json()) | {"title": "无事"}

    with pytest.raises(NotAWitness):
        witness_of(document, PUBLIC)


@pytest.mark.parametrize("document", [{}, {"audit": 3}, {"kind": "chengbao-checkpoint"}, {"audit": {}, "key_id": "x"}])
def test_other_documents_are_none(document: dict[str, object]) -> None:
    with pytest.raises(NotAWitness):
        witness_of(document, PUBLIC)


def test_a_checkpoint_with_a_broken_signature_is_not_genuine() -> None:
    made = Checkpoint(1, AT, ((0, 1, "ab"),), NOTHING_YET, "", next(iter(PUBLIC)), "not base64")

    assert not made.is_genuine(PUBLIC)

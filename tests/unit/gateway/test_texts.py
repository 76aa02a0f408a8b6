"""Faults of fields are told in Chinese; nothing falls back to a shrug."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from contracts.rpc.content import Content
from contracts.rpc.deadlines import ExplainLateness
from contracts.services import RPC
from gateway.api import bulk_reports
from gateway.bodies import Malformed, checked, json_pointer, parse_json
from gateway.identity import accounts, clients, grants, second_factor, sign_in
from gateway.receipts.signoff import SubmitReport
from gateway.validation_texts import TEXTS, describe
from gateway.webhooks import registry
from kernel.errors import Invalid

PLACEHOLDER = re.compile(r"\{(gt|ge|lt|le|min_|max_|expected|pattern|decimal_|whole_)")
WRONG: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", "x", "\x00", "\ud800", "2026-13-45", "2026-11-24T00:00:00", [], [1], {},
    {"x": 1}, "x" * 100_001, "٣", "1e400",
    "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "0000", "9999", "٢٠٢٦-11",
)
MODELS = sorted(
    {method.request for methods in RPC.values() for method in methods.values()}
    | {
        SubmitReport, Content, accounts.OpenAccount, accounts.ChangePassword, bulk_reports.SubmitReports,
        clients.ClientRights, clients.CreateClient, clients.RenewToken, grants.ProposeGrant, registry.ChangeWebhook,
        registry.CreateWebhook, second_factor.OfferFactor, sign_in.SignIn,
    },
    key=str,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.__module__}.{model.__name__}")
def test_every_field_of_every_request_wrong_in_every_way_has_a_chinese_text(model: type[BaseModel]) -> None:
    for name in model.model_fields:
        for value in WRONG:
            try:
                checked(model, {name: value})
            except Invalid as refusal:
                for fault in refusal.extra["errors"]:
                    assert fault["detail"] != "不符合要求。", (name, value, fault)
                    assert not PLACEHOLDER.search(fault["detail"]), fault


def test_lengths_of_texts_are_told_in_characters() -> None:
    fault = describe("too_long", "Value should have at most 5 items after validation, not 6", {
        "field_type": "Value", "max_length": 5,
    })
    assert (fault["code"], fault["detail"]) == ("string_too_long", "不得超过 5 个字符。")
    assert "characters" in fault["detail_en"]


def test_every_template_fits_its_context() -> None:
    assert all(text.endswith("。") for text in TEXTS.values())


def test_pointers_are_escaped() -> None:
    assert json_pointer(("a/b", 0, "c~d")) == "/a~1b/0/c~0d"


@pytest.mark.parametrize("depth", [32, 33])
def test_json_is_read_32_levels_deep(depth: int) -> None:
    text = b"[" * depth + b"]" * depth
    if depth == 32:
        assert parse_json(text)
    else:
        with pytest.raises(Malformed):
            parse_json(text)


def test_brackets_in_strings_do_not_count() -> None:
    assert parse_json(b'{"a": "' + b"[" * 100 + b'\\"["}')


def test_a_text_of_blanks_is_told_as_such_and_not_by_its_pattern() -> None:
    with pytest.raises(Invalid) as refused:
        checked(ExplainLateness, {"deadline_id": str(UUID(int=1)), "reason": "　 \n"})
    assert (refused.value.pointer, refused.value.detail_zh) == ("/reason", "不得只有空白。")

"""How an operator's command finds the installation, and what it says when it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.layout import KEY_NAMES
from deploy.operations.installation import REQUIRED, OperationFailed, find_installation


def description(**changes: Any) -> dict[str, Any]:
    names = [*KEY_NAMES, "courier"]
    processes = {
        name: {
            "health": f"http://{name}/readyz",
            "environment": {variable: f"{name} {variable}" for variable in REQUIRED},
        }
        for name in names
    }
    return {"base_url": "http://gateway", "mode": "full", "processes": processes} | changes


def written(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "city.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_a_deployment_without_our_launcher_is_found_by_its_description(tmp_path: Path) -> None:
    found = find_installation(tmp_path / "nowhere", written(tmp_path, description()))
    assert found.database_url("review") == "review CHENGBAO_DATABASE_URL"
    assert found.root is None


def test_every_missing_variable_is_named_at_once(tmp_path: Path) -> None:
    document = description()
    del document["processes"]["intake"]["environment"]["CHENGBAO_DATABASE_URL"]
    del document["processes"]["notify"]
    with pytest.raises(OperationFailed, match=r"intake\.CHENGBAO_DATABASE_URL、notify\.CHENGBAO_DATABASE_URL、notify"):
        find_installation(tmp_path, written(tmp_path, document))


@pytest.mark.parametrize(
    ("document", "words"), [("{", "不是 JSON"), ("[]", "不是 JSON 对象"), ("{}", "缺少 processes")]
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, document: str, words: str) -> None:
    with pytest.raises(OperationFailed, match=words):
        find_installation(tmp_path, written(tmp_path, document))


def test_where_no_city_runs_the_remedy_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match="没有正在运行的城市") as failure:
        find_installation(tmp_path)
    assert "--root" in failure.value.remedy

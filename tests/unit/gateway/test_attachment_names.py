"""R09: whatever name is taken, it leaves as one header line, names one file and says the type it has."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from werkzeug.utils import send_file

from contracts.rpc.attachments import EXTENSIONS, SEPARATORS, UNSEEN, Attachment, MediaType, extension_of
from contracts.rpc.content import Content

DIGEST = f"sha256:{0:064}"
STEMS = st.text(min_size=1, max_size=30)
NAMES = st.builds(lambda stem, ending: f"{stem}.{ending}", STEMS, st.sampled_from(["pdf", "PDF", "txt", "exe", ""]))


def named(name: str, media_type: MediaType = MediaType.PDF) -> Attachment | None:
    """A file of this name; None when it is refused."""
    try:
        return Attachment(digest=DIGEST, size=1, media_type=media_type, name=name)
    except ValidationError:
        return None


@given(NAMES)
def test_R09_a_name_that_is_taken_is_plain_and_says_its_type(name: str) -> None:
    if (file := named(name)) is None:
        return
    assert file.name == unicodedata.normalize("NFC", name)
    assert not SEPARATORS & set(file.name)
    assert not any(unicodedata.category(character) in UNSEEN for character in file.name)
    assert extension_of(file.name) in EXTENSIONS[MediaType.PDF]


@given(NAMES)
def test_R09_a_name_that_is_taken_comes_back_from_the_header_as_it_was(name: str) -> None:
    if (file := named(name)) is None:
        return
    answer = send_file(
        BytesIO(), {"REQUEST_METHOD": "GET"}, mimetype="application/pdf", as_attachment=True, download_name=file.name,
        etag=False,
    )  # fmt: skip
    line = answer.headers["Content-Disposition"]
    assert line.isascii()
    assert line.startswith("attachment; filename")
    assert not {"\r", "\n"} & set(line)
    if "filename*=UTF-8''" in line:
        assert unquote(line.rpartition("filename*=UTF-8''")[2]) == file.name


@given(st.sampled_from(sorted(SEPARATORS | {"\x00", "\n", "\u202e", "\u200b", "\u2028", "\x7f"})), STEMS)
def test_R09_separators_and_unseen_characters_are_never_taken(character: str, stem: str) -> None:
    assert named(f"{stem}{character}x.pdf") is None


@given(st.lists(st.sampled_from(["a.pdf", "A.pdf", "b.pdf", "é.pdf", "e\u0301.pdf"]), max_size=5))
def test_R09_files_of_one_document_are_told_apart_by_name_whatever_the_case(names: list[str]) -> None:
    files = [{"digest": DIGEST, "size": 1, "media_type": "application/pdf", "name": name} for name in names]
    told_apart = {unicodedata.normalize("NFC", name).casefold() for name in names}
    try:
        Content.model_validate({"kind": "development", "title": "标题", "body": "正文", "attachments": files})
        taken = True
    except ValidationError:
        taken = False
    assert taken == (len(told_apart) == len(names))


def test_R09_a_content_without_files_has_the_hash_it_always_had() -> None:
    content = Content.model_validate({"kind": "development", "title": "标题", "body": "正文"})
    assert "attachments" not in content.document()

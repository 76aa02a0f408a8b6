"""One page, or one act of a page's form, as data; the nouns' files list theirs and `frame` serves them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as WebResponse

BLUEPRINT = "console"
Answer = str | Response | WebResponse | tuple[str, int]


@dataclass(frozen=True)
class Page:
    """Verb, address and what answers; the answering function's name is the name that links use."""

    verb: str
    rule: str
    view: Callable[..., Answer]

    @property
    def name(self) -> str:
        return self.view.__name__


def address(name: str, **values: Any) -> str:
    """The path of a page by its name."""
    return url_for(f"{BLUEPRINT}.{name}", **values)


def go_to(name: str, **values: Any) -> WebResponse:
    """After an act: read the page that shows its effect, so that reloading repeats nothing."""
    return redirect(address(name, **values), 303)

"""Names of units and posts of people against the directory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from pydantic import Field

from contracts.model import Text
from services.intake.model.checks.rule import Directory, PostHolder, Rule, UnitName
from services.intake.model.checks.written import Found, Written

_FORMERLY = re.compile(r"(?:原|前身为|前身是|曾名|原名|更名前的|原称)[“（(]?$")
_JOINING = ("和", "与", "、", "及")


class UnitNamesRule(Rule):
    """A unit's former name, or its name with 和 or 与 left out or exchanged, where the present name is due."""

    family: Literal["unit-names"]

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        wrong = _wrong_names(directory.units)
        for field, text in written.fields():
            present = [name for name in wrong if name in text]
            if not present:
                continue
            present += [unit.name for unit in directory.units if unit.now is None and unit.name in text]
            sought = re.compile("|".join(re.escape(name) for name in sorted(present, key=len, reverse=True)))
            for match in sought.finditer(text):
                right = wrong.get(match[0])
                if right and not _FORMERLY.search(text, max(0, match.start() - 6), match.start()):
                    yield Found(
                        field, *match.span(), f"名录中现为“{right}”。", f"In the directory it is “{right}” now.", right
                    )


@lru_cache(maxsize=4)
def _wrong_names(units: tuple[UnitName, ...]) -> dict[str, str]:
    """What is written for a unit's name by mistake, with the name; never another unit's name."""
    current = {unit.name for unit in units if unit.now is None}
    wrong = {unit.name: unit.now for unit in units if unit.now and len(unit.name) > 2}
    for name in current:
        for joining in _JOINING:
            parts = name.split(joining)
            if len(parts) == 2 and all(len(part) > 1 for part in parts):
                wrong |= {other.join(parts): name for other in ("", *_JOINING) if other != joining}
    return {name: right for name, right in wrong.items() if name not in current and right in current}


class PostsRule(Rule):
    """A person of one's own unit with another post of the same rank's word than the directory holds (副局长 for 局长).

    Whoever holds two posts of different words, 主任 and 书记, is let pass: the directory need not know the other one.
    """

    family: Literal["posts"]
    ranks: tuple[Text, ...] = Field(min_length=1)
    prefixes: tuple[Text, ...] = ("副", "常务副", "代", "代理")

    def find(self, written: Written, directory: Directory) -> Iterator[Found]:
        for holder in _distinct(directory.people):
            for field, text in written.fields():
                if holder.name not in text:
                    continue
                for match in self._posts_of(holder.name).finditer(text):
                    post = match["before"] or match["after"]
                    if right := self._right(post, holder):
                        yield Found(
                            field, *match.span(), f"名录中{holder.name}的职务为“{right}”。",
                            f"In the directory {holder.name} holds the post “{right}”.",
                        )  # fmt: skip

    def _posts_of(self, name: str) -> re.Pattern[str]:
        return _posts_beside(name, self.prefixes, self.ranks)

    def _right(self, post: str, holder: PostHolder) -> str | None:
        """The post the directory holds, where the text gives another of the same rank's word."""
        rank = next(rank for rank in self.ranks if post.endswith(rank))
        alike = [held for held in holder.posts if held.endswith(rank)]
        if not alike or any(self._prefix(held, rank) == post.removesuffix(rank) for held in alike):
            return None
        return alike[0]

    def _prefix(self, held: str, rank: str) -> str:
        before = held.removesuffix(rank)
        return max((prefix for prefix in ("", *self.prefixes) if before.endswith(prefix)), key=len)


@lru_cache(maxsize=500)
def _posts_beside(name: str, prefixes: tuple[str, ...], ranks: tuple[str, ...]) -> re.Pattern[str]:
    some = "|".join(sorted(map(re.escape, prefixes), key=len, reverse=True))
    rank = "|".join(sorted(map(re.escape, ranks), key=len, reverse=True))
    post = f"(?:{some})?(?:{rank})"
    return re.compile(f"(?P<before>{post}){re.escape(name)}|{re.escape(name)}(?P<after>{post})")


def _distinct(people: tuple[PostHolder, ...]) -> list[PostHolder]:
    """Namesakes as one holder of all their posts."""
    posts: dict[str, tuple[str, ...]] = {}
    for person in people:
        posts[person.name] = posts.get(person.name, ()) + person.posts
    return [PostHolder(name=name, posts=held) for name, held in posts.items() if len(name) > 1]

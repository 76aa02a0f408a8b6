"""Fixtures: Debian's headless Chromium, and people who sit at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.support.city import Visitors

CHROMIUM = "/usr/bin/chromium-headless-shell"
"""Without the windows nobody sees: a page costs half of what it costs the whole browser."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE_MS = 30_000
"""For what a page does by itself and for what is looked for on it: generous, machines do other things too."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session; every person gets a context of his own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Desks:
    """Opens the console for people: `desks.person("editor")` is a page of somebody signed in."""

    browser: Browser
    visitors: Visitors
    script: bool = True
    viewport: dict[str, int] = field(default_factory=lambda: dict(DESK))
    requested: set[str] = field(default_factory=set)
    """Hosts that any page asked."""
    complaints: list[str] = field(default_factory=list)
    """Errors of scripts and refusals of the content security policy."""
    _contexts: dict[str, BrowserContext] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.visitors.city.base_url

    def person(self, login: str) -> Page:
        """A page at the person's home; signed in once, by the form."""
        if login not in self._contexts:
            self._contexts[login] = self._context()
            page = self._page(login)
            page.goto(f"{self.address}/login")
            page.get_by_label("用户名").fill(login)
            page.get_by_label("密码").fill(self.visitors.seeds.password(login))
            page.get_by_role("button", name="登录").click()
            page.wait_for_url(f"{self.address}/")
            return page
        page = self._page(login)
        page.goto(f"{self.address}/")
        return page

    def _context(self) -> BrowserContext:
        return self.browser.new_context(
            java_script_enabled=self.script,
            viewport=self.viewport,  # type: ignore[arg-type]  # a plain dict is what it takes
            locale="zh-CN",
            timezone_id="America/New_York",
        )

    def _page(self, login: str) -> Page:
        page = self._contexts[login].new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda request: self.requested.add(urlsplit(request.url).netloc))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "Content Security Policy" in text:
            self.complaints.append(text)

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()


@pytest.fixture(scope="module", params=["with script", "without script"])
def desks(request: pytest.FixtureRequest, browser: Browser, visitors: Visitors) -> Iterator[Desks]:
    """The console with and without script: every act must work both ways. The zone of the computer is a wrong one."""
    opened = Desks(browser, visitors, script=request.param == "with script")
    yield opened
    opened.close()



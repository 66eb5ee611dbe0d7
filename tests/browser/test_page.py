"""The pages in a real browser: accessible, quiet, alone, and whole without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.integration.console_web.newsroom import HOSTILE_TEXT, LEAD_TITLE
from tests.integration.console_web.serving import Console

PAGES = (
    "/",
    "/stories/1",
    "/articles/1",
    "/articles/2",
    "/articles/4",
    "/articles/1/why/2",
    "/articles/3/why/4",
    "/alerts/1",
    "/nowhere",
)
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "narrow": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
# The first visit of a page, style and icon included.
FIRST_LOAD_BYTES = 60_000


@contextmanager
def opened(browser: Browser, **look: Any) -> Iterator[Page]:
    """Open a page in a context of its own."""
    context = browser.new_context(**look)
    try:
        yield context.new_page()
    finally:
        context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_violation(browser: Browser, console: Console, look):
    with opened(browser, **LOOKS[look]) as page:
        for path in PAGES:
            page.goto(console.url + path)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"


def test_nothing_is_wider_than_a_telephone(browser: Browser, console: Console):
    with opened(browser, **LOOKS["narrow"]) as page:
        for path in PAGES:
            page.goto(console.url + path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390, f"{path} is {wide} pixels wide"


def test_pages_ask_only_their_own_host_and_say_nothing_in_the_console(
    browser: Browser, console: Console
):
    with opened(browser, **LOOKS["light"]) as page:
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        for path in PAGES[:-1]:
            page.goto(console.url + path, wait_until="load")

    assert said == []
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(console.url).netloc}


def test_a_page_is_light(browser: Browser, console: Console):
    with opened(browser, **LOOKS["light"]) as page:
        sizes: list[int] = []
        page.on("response", lambda response: sizes.append(len(response.body())))
        page.goto(console.url + "/", wait_until="load")
        page.wait_for_load_state("networkidle")

    assert 0 < sum(sizes) <= FIRST_LOAD_BYTES


def test_every_page_can_be_read_and_walked_without_javascript(browser: Browser, console: Console):
    with opened(browser, **LOOKS["light"], java_script_enabled=False) as page:
        page.goto(console.url + "/")
        page.get_by_role("heading", name=LEAD_TITLE).get_by_role("link").click()
        assert page.get_by_role("heading", level=1).inner_text() == LEAD_TITLE
        page.get_by_role("heading", name=LEAD_TITLE, level=3).get_by_role("link").click()
        assert page.locator(".body mark.rule").first.inner_text() == "dioxin"
        page.get_by_role("link", name="newswatch", exact=True).click()
        page.get_by_role("link", name="dioxin-money").first.click()
        assert "first in story" in page.inner_text("main")


def test_the_marked_text_is_the_stored_text(browser: Browser, console: Console):
    with opened(browser, **LOOKS["light"]) as page:
        page.goto(console.url + "/articles/4")
        shown = page.evaluate("document.querySelector('.body').textContent")

    wanted = HOSTILE_TEXT.replace("\u200b", "⟨U+200B⟩").replace("\x1b", "⟨U+001B⟩")
    assert shown.split() == wanted.split()


def test_from_a_passage_to_its_twin_and_back_without_javascript(browser: Browser, console: Console):
    with opened(browser, **LOOKS["narrow"], java_script_enabled=False) as page:
        page.goto(console.url + "/articles/2")
        page.get_by_role("link", name="Why a2 and a1").click()
        page.get_by_role("link", name="Passage 1, go to it in a1").click()
        assert page.url.endswith("/articles/2/why/1#other-1")
        top = page.locator("#other-1").evaluate("element => element.getBoundingClientRect().top")
        assert 0 <= top < 844
        page.get_by_role("link", name="Passage 1, go to it in a2").click()
        assert page.url.endswith("#one-1")


def test_furniture_is_paler_than_the_text_around_it(browser: Browser, console: Console):
    with opened(browser, **LOOKS["dark"]) as page:
        page.goto(console.url + "/articles/2")
        colour = "element => getComputedStyle(element).color"
        greyed = page.locator(".body mark.furniture").first
        assert (
            greyed.inner_text()
            == "War legacy was the first word of the day, our correspondent hears."
        )
        assert greyed.evaluate(colour) != page.locator(".body").evaluate(colour)


def test_the_keyboard_reaches_the_content_first(browser: Browser, console: Console):
    with opened(browser, **LOOKS["light"]) as page:
        page.goto(console.url + "/")
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.textContent")
        assert focused == "Skip to the content"


def test_marks_differ_by_pattern_not_by_colour_alone(browser: Browser, console: Console):
    with opened(browser, **LOOKS["light"]) as page:
        page.goto(console.url + "/articles/1")
        patterns = {
            kind: page.evaluate(
                "kind => getComputedStyle(document.querySelector(`.legend mark.${kind}`))"
                ".textDecorationStyle",
                kind,
            )
            for kind in ("rule", "topic", "shared")
        }

    assert len(set(patterns.values())) == 3

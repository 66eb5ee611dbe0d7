"""What a page says of times, counts and text that tries to lie."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from services.console.pages import words

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\u202eb", "a⟨U+202E⟩b", id="bidi override"),
        pytest.param("a\u2066b", "a⟨U+2066⟩b", id="bidi isolate"),
        pytest.param("a\u200bb", "a⟨U+200B⟩b", id="zero width space"),
        pytest.param("a\x1b[31mb", "a⟨U+001B⟩[31mb", id="terminal escape"),
        pytest.param("a\udc80b", "a⟨U+DC80⟩b", id="lone surrogate"),
        pytest.param("a\U000e0041b", "a⟨U+E0041⟩b", id="tag character"),
        pytest.param("a\n\tb", "a\n\tb", id="line and tab stay"),
        pytest.param(
            "\u0646\u0645\u06cc\u200c\u062e", "\u0646\u0645\u06cc\u200c\u062e", id="joiner"
        ),
        pytest.param("Điện Biên 🇻🇳", "Điện Biên 🇻🇳", id="ordinary text stays"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text, shown):
    assert words.visible(text) == shown


@pytest.mark.parametrize(
    ("url", "becomes_link"),
    [
        pytest.param("https://example.org/a?b=c#d", True, id="https"),
        pytest.param("http://example.org", True, id="http"),
        pytest.param("HTTPS://example.org", True, id="capitals"),
        pytest.param("javascript:alert(1)", False, id="javascript"),
        pytest.param("JaVaScRiPt:alert(1)", False, id="javascript in any case"),
        pytest.param(" javascript:alert(1)", False, id="javascript after a blank"),
        pytest.param("data:text/html,x", False, id="data"),
        pytest.param("//example.org/a", False, id="without scheme"),
        pytest.param("https:///a", False, id="without host"),
        pytest.param("https://exa\nmple.org", False, id="line break"),
        pytest.param("https://example.org/\u202etxt", False, id="bidi"),
        pytest.param("https://[bad", False, id="broken brackets"),
        pytest.param("https://example.org/" + "a" * 3000, False, id="too long"),
        pytest.param(None, False, id="none"),
    ],
)
def test_only_ordinary_web_addresses_become_links(url, becomes_link):
    assert (words.link_address(url) is not None) is becomes_link


@pytest.mark.parametrize(
    ("delta", "said"),
    [
        pytest.param(timedelta(seconds=3), "just now", id="now"),
        pytest.param(timedelta(seconds=50), "50 s ago", id="seconds"),
        pytest.param(timedelta(minutes=14), "14 min ago", id="minutes"),
        pytest.param(timedelta(hours=5), "5 h ago", id="hours"),
        pytest.param(timedelta(days=3), "3 d ago", id="days"),
        pytest.param(timedelta(hours=-3), "in 3 h", id="ahead"),
    ],
)
def test_times_are_said_as_seen_from_now(delta, said):
    assert words.relative(NOW - delta, NOW) == said


def test_exact_times_are_utc():
    east = datetime(2026, 3, 4, 19, 0, 5, tzinfo=UTC).astimezone()

    assert words.exact_time(east) == "2026-03-04 19:00:05 UTC"
    assert words.machine_time(east) == "2026-03-04T19:00:05+00:00"


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 copies"), (1, "1 copy"), (1200, "1,200 copies")],
)
def test_counts_are_said_with_their_noun(count, said):
    assert words.counted(count, "copy", "copies") == said


@pytest.mark.parametrize(
    ("tag", "known"), [("vi", "vi"), ("zh-Hant", "zh-Hant"), ('en" onload="x', None), (None, None)]
)
def test_only_a_language_tag_reaches_the_lang_attribute(tag, known):
    assert words.language_tag(tag) == known


def test_what_is_cut_is_counted():
    assert words.shortened("a" * 300) == "a" * 300
    assert words.shortened("a" * 1301) == "a" * 300 + " … (1,001 more characters)"


@dataclass(frozen=True)
class Article:
    """What is known of its time."""

    published_at: datetime | None
    published_source: str | None
    received_at: datetime = NOW


@pytest.mark.parametrize(
    ("article", "said"),
    [
        pytest.param(Article(NOW - timedelta(days=2), "meta"), "2026-03-02", id="told"),
        pytest.param(Article(None, None), "undated, arrived 2026-03-04", id="no date"),
        pytest.param(
            Article(NOW - timedelta(days=2), "guess"), "undated, arrived 2026-03-04", id="a guess"
        ),
        pytest.param(
            Article(NOW + timedelta(days=2), "meta"), "undated, arrived 2026-03-04", id="to come"
        ),
    ],
)
def test_an_arrival_is_never_told_as_the_day_of_publication(article: Article, said: str):
    assert words.dated(article) == said
    assert words.is_dated(article) is not said.startswith("undated")

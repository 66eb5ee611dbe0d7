"""When a page was published: which witness is believed, and that none is made up."""

from datetime import UTC, datetime

import pytest

from services.extract.cleaning.fields import article_from_page
from services.extract.cleaning.page_authors import credits_of_page
from services.extract.cleaning.page_facts import PageFacts
from services.extract.cleaning.publication import publication_of_page
from services.extract.outcome import ReadRequest
from shared.model import Field, Source, deciding_date

_H1 = "<h1>Bridge opens after four years of work</h1>"
_PROSE = "The mayor opened the new bridge over the harbour, and hundreds walked across it. " * 3
_NOW = datetime(2025, 11, 20, 12, tzinfo=UTC)


def json_ld(said: str) -> str:
    return f'<script type="application/ld+json">{{"@type":"NewsArticle",{said}}}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


def published(facts: PageFacts) -> Field:
    found = publication_of_page(facts, _NOW, _NOW).published
    assert found is not None
    return found


TRAPS = {
    "year of copyright": f"{_H1}<footer>© 2019–2025 Harbour Post. All rights reserved.</footer>",
    "full date of copyright": f"{_H1}<div>Copyright 2 November 2025 Harbour Post</div>",
    "dates of comments": (
        f'{_H1}<div class="comments"><p><b>Ann</b> <time datetime="2025-11-02">2 Nov 2025</time>'
        "</p><p>Well done.</p></div>"
    ),
    "teasers with dates": (
        f'{_H1}<div class="related-stories"><a href="/t">Tunnel closes</a> '
        '<time datetime="2025-11-02">Nov 2, 2025</time></div>'
    ),
    "teasers in a column": f'{_H1}<aside><a href="/t">Tunnel</a><span>Nov 2, 2025</span></aside>',
    "two dates alike": f"{_H1}<div><div>Nov 2, 2025</div><div>Nov 9, 2025</div></div>",
    "event in the text": f"{_H1}<p>The harbour run starts on 2 November 2025 at nine.</p>",
    "event in a box": f'{_H1}<div class="event-date">2 November 2025</div>',
    "event by label": f"{_H1}<div>Starts: 2 November 2025, 9:00</div>",
    "day of the opening": f"{_H1}<div>Day of the opening of the new bridge: 2 Nov 2025</div>",
    "dated picture": f'{_H1}<img src="/2025/11/02/bridge.jpg" alt="Bridge"><p>Text</p>',
    "caption": f"{_H1}<figure><figcaption>The bridge on 2 November 2025</figcaption></figure>",
    "caption in a box": f'{_H1}<div class="pic-text">Bridge, 2 November 2025</div>',
    "calendar": (
        f'{_H1}<div class="calendar"><b>November 2025</b><span>2 November 2025</span></div>'
    ),
    "dates in a script": f'{_H1}<script>var build = "2025-11-02T06:12:00Z";</script>',
    "last login": f"{_H1}<div>Last login: 2 November 2025 06:12</div>",
    "member since": f"{_H1}<div>Member since Nov 2, 2025</div>",
    "today in the head of the site": f"<header><span>2 November 2025</span></header>{_H1}",
    "today above the headline": f'<div class="current-date">2 November 2025</div>{_H1}',
    "no heading at all": "<p>Harbour</p><div>2 November 2025</div>",
    "only the last change": f"{_H1}<div class='date'>Updated on November 2, 2025</div>",
    "dates of a job offer": f"{_H1}<p>Deadline: 2 November 2025</p>",
    "birth of the author": f"{_H1}<p>Ann Lee (born 2 November 1975) writes about bridges.</p>",
    "statement of another": f"{_H1}<div class='meta'>stated on November 2, 2025 in a speech</div>",
    "one line of the text": f"<div>{_H1}<p>2 November 2025</p>{'<p>Text. </p>' * 100}</div>",
}


@pytest.mark.parametrize("body", TRAPS.values(), ids=TRAPS)
def test_date_of_something_else_never_decides(facts, body):
    found = publication_of_page(facts("", body), _NOW, _NOW).published

    at = datetime.fromisoformat(found.value) if found else None
    assert deciding_date(at, found.source if found else None, _NOW) is None


@pytest.mark.parametrize("body", TRAPS.values(), ids=TRAPS)
def test_article_of_a_page_without_its_date_has_none_that_decides(body):
    page = f"<html><body>{body}<article>{f'<p>{_PROSE}</p>' * 4}</article></body></html>"

    fields = article_from_page(page, ReadRequest("page.html", received_at=_NOW)).article.fields

    found = fields.get("published")
    at = datetime.fromisoformat(found.value) if found else None
    assert deciding_date(at, found.source if found else None, _NOW) is None


def test_page_without_any_date_has_none(facts):
    assert publication_of_page(facts("", _H1), _NOW, _NOW).published is None


SHOWN = {
    "label": "<div>Published November 2, 2025</div>",
    "label above": "<div><div>Published</div><div>November 2, 2025</div></div>",
    "label behind, Chinese": "<div>2025年11月2日 发布</div>",
    "label, Polish": "<p>Opublikowano 02.11.2025, 06:12</p>",
    "byline": '<div class="byline">By Ann Lee | November 2, 2025 | 5 min read</div>',
    "class": '<span class="post-date">2. November 2025</span>',
    "class around": '<div class="entry-meta"><span>Ann Lee</span> <span>Nov 2, 2025</span></div>',
    "time": '<p><time datetime="2025-11-02T06:12:00+07:00">Nov 2</time></p>',
    "line of its own": "<div>November 2, 2025</div>",
    "beside a change": "<div>Published Nov 2, 2025 | Updated Nov 9, 2025</div>",
    "change first": "<div>Updated: Nov 9, 2025, Published: Nov 2, 2025</div>",
    "below a standfirst": f"<p>{'The bridge is open. ' * 9}</p><div class='date'>2 Nov 2025</div>",
    "machine value": '<div itemprop="datePublished" content="2025-11-02">last week</div>',
}


@pytest.mark.parametrize("line", SHOWN.values(), ids=SHOWN)
def test_date_shown_beside_the_headline_counts(facts, line):
    found = published(facts("", f"<article>{_H1}{line}</article>"))

    assert (found.value[:10], found.source) == ("2025-11-02", Source.PAGE)


def test_date_above_the_headline_counts_when_named(facts):
    body = f'<div><div class="article-date">November 2, 2025</div>{_H1}</div>'

    assert published(facts("", body)).source is Source.PAGE


def test_change_shown_is_the_update(facts):
    body = f"{_H1}<div>Published Nov 2, 2025 | Updated Nov 9, 2025</div>"

    changed = publication_of_page(facts("", body), _NOW).updated

    assert changed is not None
    assert (changed.value, changed.source) == ("2025-11-09", Source.PAGE)


def test_change_alone_is_a_guess_at_the_publication(facts):
    found = published(facts(json_ld('"dateModified":"2025-11-02"')))

    assert (found.value, found.source) == ("2025-11-02", Source.GUESS)


@pytest.mark.parametrize(
    ("head", "body", "iso", "source"),
    [
        pytest.param(
            json_ld('"datePublished":"2025-11-02"') + meta("date", "2020-01-01"), "",
            "2025-11-02", Source.JSON_LD, id="json-ld before meta",
        ),
        pytest.param(meta("date", "2025-11-02"), "", "2025-11-02", Source.META, id="meta"),
        pytest.param(
            "", '<time datetime="2025-11-02">a</time>', "2025-11-02", Source.PAGE, id="one time"
        ),
        pytest.param(
            "", '<time datetime="2025-11-02">a</time><time datetime="2025-11-05">b</time>',
            "2025-11-02", Source.GUESS, id="two times that differ",
        ),
        pytest.param(
            '<link rel="canonical" href="https://example.org/2025/11/02/b">', "",
            "2025-11-02", Source.URL, id="address",
        ),
        pytest.param(
            "<title>Bridge opens | Harbour Post | 02.11.2025</title>", "",
            "2025-11-02", Source.META, id="end of the title tag",
        ),
    ],
)  # fmt: skip
def test_date_of_a_page_names_its_witness(facts, head, body, iso, source):
    found = published(facts(head, body))

    assert (found.value, found.source) == (iso, source)


def test_date_in_the_future_is_passed_over_for_the_next_witness(facts):
    ahead = json_ld('"datePublished":"2031-01-01","dateModified":"2031-01-02"')

    alone = publication_of_page(facts(ahead), _NOW)
    beside = publication_of_page(facts(ahead + meta("date", "2025-11-02")), _NOW)

    assert (alone.published, alone.updated) == (None, None)
    assert beside.published == Field("2025-11-02", Source.META, 0.95)


def test_date_of_the_last_build_gives_way_to_the_earlier_one_shown(facts):
    built = '"datePublished":"2025-11-15T08:00:00Z","dateModified":"2025-11-15T08:00:00Z"'
    body = f'{_H1}<div class="date">November 2, 2025</div>'

    assert published(facts(json_ld(built), body)).value == "2025-11-02"
    assert published(facts(json_ld(built), _H1)).value.startswith("2025-11-15")


def test_publication_is_not_moved_by_a_later_date_shown(facts):
    said = '"datePublished":"2025-11-01T08:00:00Z","dateModified":"2025-11-09T08:00:00Z"'
    body = f'{_H1}<div class="date">November 9, 2025</div>'

    assert published(facts(json_ld(said), body)).value.startswith("2025-11-01")


def test_day_or_month_first_is_settled_by_language_or_another_witness(facts):
    doubtful = meta("date", "02/11/2025")
    shown = f"{_H1}<div>Published February 11, 2025</div>"

    assert published(facts(doubtful)).source is Source.GUESS
    assert published(facts(doubtful, shown)).value == "2025-02-11"
    french = published(facts(doubtful, language="fr-FR"))
    assert (french.value, french.source) == ("2025-11-02", Source.META)


def test_relative_date_counts_back_from_the_file_and_never_decides(facts):
    page = facts("", f'{_H1}<span class="date">3 hours ago</span>')

    counted = publication_of_page(page, _NOW, datetime(2025, 11, 2, 12, tzinfo=UTC)).published

    assert counted == Field("2025-11-02T09:00:00+00:00", Source.FILE, 0.45)
    assert publication_of_page(page).published is None


@pytest.mark.parametrize("address", ["https://example.org/a", "/a"])
def test_article_of_another_page_gives_neither_date_nor_author(facts, address):
    other = (
        '"headline":"Ferry fares go up again","url":"https://example.org/b",'
        '"datePublished":"2019-05-01","author":{"name":"Carl Orr"}'
    )
    head = f'<link rel="canonical" href="{address}">{json_ld(other)}'
    own = '<p class="byline">By Ann Lee</p><time class="published" datetime="2025-03-04"></time>'
    page = facts(head, f"{_H1}{own}")

    assert published(page) == Field("2025-03-04", Source.PAGE, 0.9)
    assert credits_of_page(page, None).authors == ("Ann Lee",)
    assert page.url != "https://example.org/b"

"""Whole files through `read_file`: text, pages, and what is refused."""

from datetime import UTC, datetime

import pytest

from services.extract.outcome import ReadRequest, Reason
from services.extract.reading import read_file
from shared.model import Source

_COPIED = """Harbour Post
Menu
Harbour bridge opens after four years of work

By Ann Lee   March 9, 2025 | 06:12 am PT
The mayor opened the new bridge over the harbour on Monday, and hundreds walked across it.
The mayor cuts a ribbon on the new bridge, March 9, 2025. Photo by Bo Chan

The mayor cuts a ribbon on the new bridge, March 9, 2025. Photo by Bo Chan

Work on the bridge began four years ago and cost more than 400 million, the city said.

"It joins the two halves of our town," the mayor told the crowd waiting since dawn.

Why it matters
Until now people had to take a ferry, which ran every hour and not at all in a storm.
Related
A new ferry for the northern harbour is planned
Discover more from Harbour Post
Subscribe to get the latest posts sent to your email.
go to top
"""
_PAGE = """<!doctype html><html lang="en"><head>
<title>Harbour bridge opens after four years - Harbour Post</title>
<meta property="og:title" content="Harbour bridge opens after four years | Harbour Post">
<meta property="og:site_name" content="Harbour Post">
<meta property="article:published_time" content="2025-03-09T10:00:00Z">
<link rel="canonical" href="https://example.org/2025/03/09/bridge">
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
 {"@type": "WebSite", "name": "Harbour Post"},
 {"@type": ["NewsArticle"], "headline": "Harbour bridge opens",
  "datePublished": "2025-03-09T09:30:00+07:00",
 "dateModified": "2025-03-10",
  "author": [{"@type": "Person", "name": "Ann Lee"}, "Bo Chan"]}]}</script>
</head><body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Harbour bridge opens after four years</h1>
<p>HARBOUR CITY &ndash; The mayor opened the new bridge over the harbour on Monday,
and hundreds walked across it.</p>
<p>Work on the bridge began four years ago &amp; cost more than 400 million,
the city said in a statement.</p>
<p>Read more: A new ferry is planned</p>
<p>&ldquo;It joins the two halves of our town,&rdquo; the mayor told the crowd,
which had waited since dawn.</p>
<p>Until now people had to take a ferry, which ran every hour
and not at all in a storm. (Reuters)</p>
</article><footer>All rights reserved</footer></body></html>"""


def read(data: str | bytes, name: str, **known):
    data = data.encode() if isinstance(data, str) else data
    return read_file(data, ReadRequest(name, **known))


def article_of(data: str, name: str, **known):
    article = read(data, name, **known).article
    assert article is not None
    return article


def test_copied_text_loses_what_belongs_to_the_page():
    assert article_of(_COPIED, "a.txt").text.split("\n\n") == [
        _COPIED.splitlines()[5],
        "Work on the bridge began four years ago and cost more than 400 million, the city said.",
        '"It joins the two halves of our town," the mayor told the crowd waiting since dawn.',
        "Why it matters",
        "Until now people had to take a ferry, which ran every hour and not at all in a storm.",
    ]


def test_copied_text_gives_title_date_author_and_outlet():
    article = article_of(_COPIED, "a.txt")

    assert article.value("title") == "Harbour bridge opens after four years of work"
    assert article.value("published") == "2025-03-09T06:12:00-07:00"
    assert article.authors == ("Ann Lee",)
    assert article.value("outlet") == "Harbour Post"
    assert article.value("language") == "en"
    assert {field.source for field in article.fields.values()} == {Source.TEXT}


def test_copied_text_without_title_gets_a_working_title_marked_as_guess():
    text = "That was what the mayor said when she opened the new bridge over the old harbour.\nSo."

    title = article_of(text, "a.txt").fields["title"]

    assert title.source is Source.GUESS
    assert title.confidence < 0.5
    assert (
        title.value == "That was what the mayor said when she opened the new bridge over the old …"
    )


def test_dates_in_running_text_are_no_publication_date():
    text = (
        "On December 18 the mayor opened the bridge, begun on March 3, 2021, over the harbour.\n"
        "It had been planned since November 2, 2001, the city said, and cost 400 million.\n"
    )
    modified = datetime(2025, 1, 1, tzinfo=UTC)

    assert "published" not in article_of(text, "a.txt", modified_at=modified).fields


def test_date_after_the_arrival_of_the_file_is_not_believed():
    received = datetime(2025, 3, 1, tzinfo=UTC)

    assert "published" not in article_of(_COPIED, "a.txt", received_at=received).fields
    assert "published" not in article_of(_PAGE, "a.html", received_at=received).fields


def test_folder_names_the_outlet_only_when_the_text_does_not():
    assert article_of(_COPIED, "a.txt", outlet="inbox-north").value("outlet") == "Harbour Post"
    outlet = article_of("The mayor opened the bridge on Monday.", "a.txt", outlet="Delta").fields[
        "outlet"
    ]
    assert (outlet.value, outlet.source) == ("Delta", Source.FILE)


def test_page_gives_its_fields_each_with_its_source():
    article = article_of(_PAGE, "a.html")

    found = {name: (field.value, field.source) for name, field in article.fields.items()}
    assert found == {
        "title": ("Harbour bridge opens after four years", Source.PAGE),
        "published": ("2025-03-09T09:30:00+07:00", Source.JSON_LD),
        "updated": ("2025-03-10", Source.JSON_LD),
        "outlet": ("Harbour Post", Source.META),
        "url": ("https://example.org/2025/03/09/bridge", Source.META),
        "dateline": ("HARBOUR CITY", Source.DATELINE),
        "agency": ("Reuters", Source.TEXT),
        "language": ("en", Source.TEXT),
    }
    assert article.authors == ("Ann Lee", "Bo Chan")


def test_page_keeps_its_paragraphs_as_written_and_loses_its_furniture():
    paragraphs = article_of(_PAGE, "a.html").text.split("\n\n")

    assert len(paragraphs) == 4
    assert paragraphs[0].startswith("HARBOUR CITY – The mayor opened")
    assert "ago & cost" in paragraphs[1]
    assert paragraphs[2].startswith("“It joins the two halves of our town,”")


def test_page_whose_text_is_no_article_is_refused_and_not_stored_empty():
    links = "".join(f"<a href='/{n}'>Story number {n} of today</a> " for n in range(60))

    rejection = read(f"<html><body><aside>{links}</aside></body></html>", "a.html").rejection

    assert rejection is not None
    assert rejection.reason is Reason.NO_TEXT
    assert ".txt" in rejection.detail


def test_page_too_large_even_without_scripts_is_refused():
    rejection = read(_PAGE, "a.html", max_html_bytes=100).rejection

    assert rejection is not None
    assert rejection.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("data", "name", "reason", "advice"),
    [
        pytest.param(b"", "a.txt", Reason.EMPTY, "empty", id="empty"),
        pytest.param(b"\xef\xbb\xbf", "a.txt", Reason.TOO_SHORT, "words", id="only a mark"),
        pytest.param(b"Only four words here", "a.txt", Reason.TOO_SHORT, "4 words", id="short"),
        pytest.param(b"{\\rtf1 \x00", "a.rtf", Reason.UNSUPPORTED, "Rich Text", id="rtf"),
        pytest.param(b"<rss version='2.0'></rss>", "a.xml", Reason.EMPTY, "no items", id="rss"),
        pytest.param(b"Rar!\x1a\x07", "a.rar", Reason.UNSUPPORTED, "unpack", id="rar"),
        pytest.param(b"PK\x03\x04", "a.zip", Reason.MALFORMED, "damaged", id="broken zip"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00", "a.txt", Reason.NOT_TEXT, "image", id="image"),
        pytest.param(bytes(range(256)) * 9, "a.txt", Reason.NOT_TEXT, "binary", id="binary"),
    ],
)
def test_file_that_can_not_be_read_says_why_and_what_to_do(data, name, reason, advice):
    rejection = read(data, name).rejection

    assert rejection is not None
    assert rejection.reason is reason
    assert advice in rejection.detail


def test_text_without_any_run_of_prose_is_kept_as_it_is():
    text = "red boat\nblue boat\ngreen boat\nold boat\nnew boat"

    assert article_of(text, "poem.txt").text == text.replace("\n", "\n\n")


def test_chinese_text_is_long_enough_without_blanks():
    assert article_of("市长星期一为港口上的新桥揭幕。", "a.txt").value("language") == "zh"

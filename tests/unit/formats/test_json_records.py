import json

import pytest

from services.extract.outcome import MembersError, ReadRequest, Reason
from services.extract.reading import iter_members, read_file
from shared.model import Source

_TEXT = "  The mayor “opened” the bridge.\nHundreds came\u00a0to see it.  \n\n\nﬁn"


def read(record: object, name: str = "a.json"):
    return read_file(json.dumps(record).encode(), ReadRequest(name))


def article_of(record: object):
    article = read(record).article
    assert article is not None
    return article


def reason_of(data: bytes) -> Reason:
    rejection = read_file(data, ReadRequest("a.json")).rejection
    assert rejection is not None
    return rejection.reason


def test_text_of_a_record_comes_back_unchanged_to_the_last_blank():
    assert article_of({"text": _TEXT}).text == _TEXT


def test_record_gives_its_fields_as_it_states_them():
    article = article_of(
        {
            "id": 17,
            "title": "Bridge open",
            "published": "2025-11-02T06:12:00+07:00",
            "source": "Harbour Post",
            "author": ["Ann Lee", "Bo Chan"],
            "language": "en-GB",
            "url": "https://example.org/bridge",
            "text": _TEXT,
        }
    )

    assert {name: field.value for name, field in article.fields.items()} == {
        "external_id": "17",
        "title": "Bridge open",
        "published": "2025-11-02T06:12:00+07:00",
        "outlet": "Harbour Post",
        "language": "en",
        "url": "https://example.org/bridge",
    }
    assert article.authors == ("Ann Lee", "Bo Chan")


def test_schema_org_record_is_read_by_its_own_keys():
    article = article_of(
        {
            "@type": "NewsArticle",
            "headline": "Bridge open",
            "datePublished": "2025-11-02",
            "author": {"name": "Ann Lee"},
            "publisher": {"name": "Harbour Post"},
            "articleBody": _TEXT,
        }
    )

    assert (article.value("title"), article.value("published")) == ("Bridge open", "2025-11-02")
    assert (article.authors, article.value("outlet")) == (("Ann Lee",), "Harbour Post")
    assert article.text == _TEXT


@pytest.mark.parametrize(
    ("key", "date_key"),
    [
        pytest.param("maintext", "date_publish", id="news-please"),
        pytest.param("raw_text", "date", id="trafilatura"),
        pytest.param("text", "publish_date", id="newspaper"),
        pytest.param("content", "publishedAt", id="news api"),
        pytest.param("content_text", "date_published", id="json feed"),
    ],
)
def test_dumps_of_common_crawlers_are_read(key, date_key):
    article = article_of({"title": "Bridge", key: _TEXT, date_key: "2025-11-02 06:12:00"})

    assert (article.text, article.value("published")) == (_TEXT, "2025-11-02T06:12:00")


def test_html_in_a_record_goes_the_way_of_a_page_and_stated_fields_win():
    body = "".join(
        f"<p>Paragraph {n} tells of the bridge &amp; of its builders.</p>" for n in range(5)
    )

    article = article_of({"title": "Bridge", "body_html": f"<h1>Other</h1>{body}"})

    assert article.value("title") == "Bridge"
    assert article.text.split("\n\n")[0] == "Paragraph 0 tells of the bridge & of its builders."


def test_date_that_may_be_two_days_is_only_a_guess():
    published = article_of({"text": _TEXT, "published": "02/11/2025"}).fields["published"]

    assert (published.value, published.source) == ("2025-11-02", Source.GUESS)


def test_list_of_one_record_is_an_article_and_of_two_a_container():
    assert read([{"text": _TEXT}]).article is not None
    assert read([{"text": _TEXT}, {"text": _TEXT}]).members


def test_record_with_a_list_of_articles_is_a_container():
    reading = read({"status": "ok", "articles": [{"content": _TEXT}, {"content": _TEXT}]})

    assert reading.members


def test_members_of_json_lines_are_named_by_their_line_and_read_alone():
    lines = ['{"id": "a", "text": "The mayor opened the new bridge."}', "", '{"id": "b"', "{}"]
    data = "\r\n".join(lines).encode()

    members = list(iter_members(data, ReadRequest("batch.jsonl")))

    assert [member.name for member in members] == [
        "batch.jsonl#1.json",
        "batch.jsonl#3.json",
        "batch.jsonl#4.json",
    ]
    readings = [read_file(member.data, ReadRequest(member.name)) for member in members]
    assert readings[0].article is not None
    reasons = [reading.rejection.reason for reading in readings[1:] if reading.rejection]
    assert reasons == [Reason.MALFORMED, Reason.NO_TEXT]


def test_line_separator_inside_a_string_does_not_split_a_record():
    record = json.dumps({"text": "One two three\u2028four five six"}, ensure_ascii=False)

    members = list(iter_members(f"{record}\n{record}".encode(), ReadRequest("a.jsonl")))

    assert len(members) == 2


def test_members_of_something_that_is_no_container_are_an_error():
    with pytest.raises(MembersError, match="holds no members"):
        list(iter_members(b"Some words in a plain text file.", ReadRequest("a.txt")))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b'{"text": "x', Reason.MALFORMED, id="cut off"),
        pytest.param(b"7", Reason.MALFORMED, id="a number"),
        pytest.param(b"[]", Reason.EMPTY, id="empty list"),
        pytest.param(b'{"price": 7}', Reason.NO_TEXT, id="no article"),
        pytest.param(b'{"text": "two words"}', Reason.TOO_SHORT, id="too short"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", Reason.MALFORMED, id="absurd number"),
    ],
)
def test_record_without_an_article_is_refused_with_its_reason(data, reason):
    assert reason_of(data) is reason


def test_what_no_database_stores_is_replaced_and_offsets_stay():
    article = article_of({"text": "The mayor \ud800 opened \u0000 the bridge"})

    assert article.text == "The mayor \ufffd opened \ufffd the bridge"


def test_a_record_of_html_tells_what_was_dropped_as_a_page_does():
    page = (
        "<nav>All our pages</nav><article><h1>The lock gates are in place</h1>"
        + "".join(
            f"<p>Paragraph {n} tells of the lock and of its two new gates.</p>" for n in range(9)
        )
        + "<p>Photo: Ann Lee</p></article>"
        + "<!-- "
        + "x" * 10
    )
    data = json.dumps({"title": "The lock gates are in place", "body_html": page}).encode()

    reading = read_file(data, ReadRequest("lock.json", explain=True))

    assert reading.article is not None
    assert "Photo: Ann Lee" in {line.text for line in reading.lines if line.dropped}


@pytest.mark.parametrize("nothing", ["null", "None", "NaN", "N/A", " ", None, float("nan")])
def test_null_written_out_is_nothing_said(nothing):
    article = article_of(
        {
            "title": nothing,
            "headline": "Bridge open",
            "source": nothing,
            "authors": [None, nothing, ""],
            "byline": "Ann Lee",
            "text": _TEXT,
        }
    )

    assert article.fields["title"].value == "Bridge open"
    assert "outlet" not in article.fields
    assert article.authors == ("Ann Lee",)


def test_authors_of_nothing_but_nulls_are_none():
    assert article_of({"authors": [None, "null", ""], "text": _TEXT}).authors == ()


def test_each_name_of_a_list_loses_its_by():
    said = ["By Ann Lee", "by: Bo Chan", "Byron Day", "null"]

    assert article_of({"authors": said, "text": _TEXT}).authors == (
        "Ann Lee",
        "Bo Chan",
        "Byron Day",
    )

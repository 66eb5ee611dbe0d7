"""ninjs of all three generations, and the dumps of crawlers, record by record."""

import json

import pytest

from services.extract.outcome import ReadRequest, Reason
from services.extract.reading import iter_members, read_file

MARKUP = (
    "<section><p>The ferry came back on Tuesday after a year of repairs.</p>"
    "<p>A ticket costs four crowns &amp; fifty.</p></section>"
)
PLAIN = (
    "The ferry came back on Tuesday after a year of repairs.\n\nA ticket costs four crowns & fifty."
)
FIRST = {
    "uri": "urn:wire.example:44",
    "type": "text",
    "version": "2",
    "versioncreated": "2025-03-11T12:00:00+01:00",
    "firstcreated": "2025-03-11T08:00:00+01:00",
    "pubstatus": "usable",
    "headline": "Ferry returns to Osmund",
    "byline": "By Ann Lee and Bo Chan",
    "located": "Osmund",
    "language": "en-GB",
    "copyrightholder": "Beacon Wire",
    "infosources": [{"name": "Agence France-Presse"}],
    "body_text": PLAIN,
    "associations": {"mainpic": {"uri": "urn:wire.example:45", "type": "picture"}},
}
SECOND = {
    **{
        key: value for key, value in FIRST.items() if key not in {"headline", "body_text", "byline"}
    },
    "by": "Ann Lee, Bo Chan",
    "headlines": [
        {"role": "sub", "value": "A year on"},
        {"role": "main", "contenttype": "text/plain", "value": "Ferry returns to Osmund"},
    ],
    "bodies": [
        {"role": "main", "contenttype": "text/html", "value": MARKUP},
        {"role": "nitf", "contenttype": "application/nitf+xml", "value": "<nitf/>"},
    ],
    "associations": [{"name": "mainpic", "uri": "urn:wire.example:45"}],
}
THIRD = {
    {
        "versioncreated": "versionCreated",
        "firstcreated": "firstCreated",
        "pubstatus": "pubStatus",
        "copyrightholder": "copyrightHolder",
        "infosources": "infoSources",
    }.get(key, key): value
    for key, value in SECOND.items()
}


def read(record: object):
    return read_file(json.dumps(record).encode(), ReadRequest("wire.json"))


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(FIRST, id="1.x"),
        pytest.param(FIRST | {"body_text": None, "body_xhtml": MARKUP}, id="1.x markup"),
        pytest.param(SECOND, id="2.x"),
        pytest.param(THIRD, id="3.x"),
    ],
)
def test_an_item_gives_the_same_article_in_every_generation(record):
    reading = read(record)

    article = reading.article
    assert article is not None, reading.rejection
    assert article.text == PLAIN
    assert article.authors == ("Ann Lee", "Bo Chan")
    assert {name: field.value for name, field in article.fields.items()} == {
        "title": "Ferry returns to Osmund",
        "published": "2025-03-11T08:00:00+01:00",
        "updated": "2025-03-11T12:00:00+01:00",
        "outlet": "Beacon Wire",
        "agency": "AFP",
        "dateline": "Osmund",
        "language": "en",
        "external_id": "urn:wire.example:44#2",
    }
    assert reading.notes == ("Its 1 associated items are not followed.",)


@pytest.mark.parametrize(
    ("record", "reason", "words"),
    [
        pytest.param(FIRST | {"type": "picture"}, Reason.NO_TEXT, "a picture", id="picture"),
        pytest.param(SECOND | {"type": "video"}, Reason.NO_TEXT, "a video", id="video"),
        pytest.param(
            FIRST | {"type": "composite", "body_text": ""}, Reason.NO_TEXT, "package", id="package"
        ),
        pytest.param(SECOND | {"bodies": []}, Reason.TOO_SHORT, "headline", id="headline only"),
        pytest.param(
            SECOND | {"bodies": [], "pubstatus": "canceled"},
            Reason.TOO_SHORT,
            "cancelled",
            id="cancelled headline",
        ),
        pytest.param(
            FIRST | {"bodies": 7, "body_text": {}, "headlines": "x", "by": [[[]]]},
            Reason.TOO_SHORT,
            "headline",
            id="keys of other types",
        ),
    ],
)
def test_an_item_without_a_text_of_its_own_is_refused_in_words(record, reason, words):
    rejection = read(record).rejection

    assert rejection is not None
    assert rejection.reason is reason
    assert words in rejection.detail


def test_an_item_not_to_be_used_yet_says_so():
    notes = read(FIRST | {"pubstatus": "withheld", "embargoed": "2025-03-12T06:00:00Z"}).notes

    assert "withholds" in notes[0]
    assert "embargo until 2025-03-12T06:00:00Z" in notes[1]


def test_items_one_a_line_are_members():
    data = "\n".join(json.dumps(record) for record in (FIRST, SECOND, THIRD)).encode()

    members = list(iter_members(data, ReadRequest("wire.jsonl")))

    assert [read_file(each.data, ReadRequest(each.name)).article is None for each in members] == [
        False
    ] * 3


DUMPED = "The ferry came back on Tuesday after a year of repairs, the harbour master said."


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        pytest.param(
            {
                "title": "Ferry", "author": "Ann Lee; Bo Chan", "hostname": "post.example",
                "date": "2025-03-11", "source": "https://post.example/ferry",
                "source-hostname": "Harbour Post", "raw_text": "other", "text": DUMPED,
            },
            {"published": "2025-03-11", "outlet": "Harbour Post", "url": "https://post.example/ferry"},
            id="trafilatura",
        ),
        pytest.param(
            {
                "title": "Ferry", "authors": ["Ann Lee", "Bo Chan"], "publish_date": "2025-03-11",
                "text": DUMPED, "source_url": "https://post.example", "meta_lang": "en",
                "url": "https://post.example/ferry", "meta_site_name": "Harbour Post",
            },
            {"published": "2025-03-11", "outlet": "Harbour Post", "url": "https://post.example/ferry"},
            id="newspaper4k",
        ),
        pytest.param(
            {
                "title": "Ferry", "authors": ["Ann Lee", "Bo Chan"], "maintext": DUMPED,
                "date_publish": "2025-03-11 06:12:00", "date_download": "2025-04-01 00:00:00",
                "source_domain": "post.example", "url": "https://post.example/ferry",
            },
            {
                "published": "2025-03-11T06:12:00", "outlet": "post.example",
                "url": "https://post.example/ferry",
            },
            id="news-please",
        ),
        pytest.param(
            {
                "title": "Ferry", "author": "Ann Lee, Bo Chan", "plain_text": DUMPED,
                "published_date": "2025-03-11", "crawl_date": "2025-04-01", "date": "2025-04-01",
                "sitename": "Harbour Post", "requested_url": "https://post.example/ferry",
            },
            {"published": "2025-03-11", "outlet": "Harbour Post", "url": "https://post.example/ferry"},
            id="news of a crawl",
        ),
        pytest.param(
            {
                "title": "Ferry", "authors": ["Ann Lee", "Bo Chan"], "text": DUMPED,
                "WARC-Target-URI": "https://post.example/ferry", "timestamp": "2025-04-01",
            },
            {"published": None, "outlet": None, "url": "https://post.example/ferry"},
            id="the day of the crawl is no date of the article",
        ),
    ],
)  # fmt: skip
def test_dumps_of_crawlers_give_their_fields(record, fields):
    article = read(record).article

    assert article is not None
    assert article.text == DUMPED
    assert article.authors == ("Ann Lee", "Bo Chan")
    assert {name: article.value(name) for name in fields} == fields


def test_markup_in_the_body_of_a_schema_org_article_is_read_as_markup():
    body = "".join(
        f"<p>Paragraph {n} tells of the ferry and of its long repairs.</p>" for n in "12345"
    )

    article = read({"@type": "NewsArticle", "headline": "Ferry", "articleBody": body}).article

    assert article is not None
    assert (
        article.text.split("\n\n")[0] == "Paragraph 1 tells of the ferry and of its long repairs."
    )

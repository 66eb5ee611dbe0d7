"""JSON Feed: a container like any feed."""

import json

import pytest

from services.extract.formats.detection import detect
from services.extract.outcome import ReadRequest, Reason
from services.extract.reading import iter_members, read_file

_TEXT = "The mayor opened the new bridge over the harbour on Monday."


def feed(*items: dict[str, object], **known: object) -> bytes:
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "Delta", **known, "items": items}).encode()


def records_of(data: bytes) -> list[dict[str, object]]:
    return [json.loads(member.data) for member in iter_members(data, ReadRequest("feed.json"))]


def test_feed_of_one_item_is_a_container_whose_item_is_an_article():
    data = feed(
        {
            "id": "d-1",
            "url": "https://example.org/1",
            "title": "Bridge open",
            "content_html": f"<p>{_TEXT}</p><p>{_TEXT.replace('Monday', 'Tuesday')}</p>",
            "date_published": "2025-11-02T06:12:00+07:00",
            "date_modified": "2025-11-03T06:12:00+07:00",
        },
        language="en-US",
        authors=[{"name": "Ann Lee"}, {"name": "Delta"}],
    )

    assert read_file(data, ReadRequest("feed.json")).members
    member = next(iter_members(data, ReadRequest("feed.json")))
    article = read_file(member.data, ReadRequest(member.name)).article
    assert article is not None
    assert {name: field.value for name, field in article.fields.items()} == {
        "title": "Bridge open",
        "url": "https://example.org/1",
        "external_id": "d-1",
        "published": "2025-11-02T06:12:00+07:00",
        "updated": "2025-11-03T06:12:00+07:00",
        "outlet": "Delta",
        "language": "en",
    }
    assert article.authors == ("Ann Lee",)


def test_author_of_version_1_is_read():
    assert records_of(feed({"id": 7, "author": {"name": "Bo Chan"}}))[0] == {
        "id": "7",
        "authors": ["Bo Chan"],
        "outlet": "Delta",
        "summary": "",
    }


def test_item_with_a_summary_only_is_too_short():
    member = next(iter_members(feed({"id": "1", "summary": "Short."}), ReadRequest("a.json")))

    rejection = read_file(member.data, ReadRequest(member.name)).rejection
    assert rejection is not None
    assert rejection.reason is Reason.TOO_SHORT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(feed(), Reason.EMPTY, id="no items"),
        pytest.param(feed().replace(b"[]", b'"x"'), Reason.EMPTY, id="items are none"),
        pytest.param(feed({"id": "1"})[:-20], Reason.MALFORMED, id="cut off"),
    ],
)
def test_feed_without_items_is_refused(data, reason):
    rejection = read_file(data, ReadRequest("feed.json")).rejection
    assert rejection is not None
    assert rejection.reason is reason


def test_addresses_with_escaped_slashes_tell_a_feed_as_well():
    assert detect(feed({"id": "1"}).replace(b"/", rb"\/"), "a.txt") == "json_feed"


def test_article_that_quotes_the_address_of_the_format_is_no_feed():
    record = json.dumps({"text": '"version": "https://jsonfeed.org/version/1" is what it says.'})

    assert detect(record.encode(), "a.json") == "json"


def test_list_of_many_items_is_given_item_by_item():
    records = records_of(feed(*({"id": n, "content_text": _TEXT} for n in range(2_000))))

    assert [record["id"] for record in records[:3]] == ["0", "1", "2"]
    assert len(records) == 2_000

"""RSS and Atom files: containers, whose items are read one by one as records of their own."""

import json

import pytest

from services.extract.formats import feeds
from services.extract.formats.feed_items import FeedItem
from services.extract.formats.feed_xml import FeedHead, read_item
from services.extract.outcome import MembersError, ReadRequest, Reason
from services.extract.reading import iter_members, read_file
from shared.model import Source

_PARAGRAPHS = "".join(
    f"<p>Paragraph {n} tells of the bridge &amp; of its builders, who came from three towns.</p>"
    for n in range(4)
)
_WHOLE = f"<content:encoded><![CDATA[{_PARAGRAPHS}]]></content:encoded>"
_SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
)


def rss(*items: str, head: str = "<title>Harbour Post</title><language>en-GB</language>") -> str:
    listed = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0" {_SPACES}><channel>{head}{listed}</channel></rss>'


def atom(*entries: str) -> str:
    listed = "".join(f"<entry>{entry}</entry>" for entry in entries)
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Delta</title>'
    return f"{head}<author><name>Bo Chan</name></author>{listed}</feed>"


def read(feed: str | bytes, name: str = "feed.xml"):
    return read_file(feed.encode() if isinstance(feed, str) else feed, ReadRequest(name))


def members_of(feed: str | bytes, name: str = "feed.xml"):
    data = feed.encode() if isinstance(feed, str) else feed
    return list(iter_members(data, ReadRequest(name)))


def record_of(feed: str | bytes) -> dict[str, object]:
    record: dict[str, object] = json.loads(members_of(feed)[0].data)
    return record


def article_of(feed: str | bytes):
    member = members_of(feed)[0]
    article = read_file(member.data, ReadRequest(member.name)).article
    assert article is not None
    return article


def rejection_of(feed: str | bytes):
    rejection = read(feed).rejection
    assert rejection is not None
    return rejection


def test_item_becomes_an_article_with_the_fields_the_feed_states():
    article = article_of(
        rss(
            "<title>Bridge &amp;amp; ferry</title><link>https://example.org/?a=1&amp;b=2</link>"
            '<guid isPermaLink="false">hp-1</guid><dc:creator>Ann Lee and Bo Chan</dc:creator>'
            "<pubDate>Sun, 02 Nov 2025 06:12:00 +0700</pubDate>"
            "<description>A teaser.</description>" + _WHOLE
        )
    )

    assert {name: (field.value, field.source) for name, field in article.fields.items()} == {
        "title": ("Bridge & ferry", Source.META),
        "url": ("https://example.org/?a=1&b=2", Source.META),
        "external_id": ("hp-1", Source.META),
        "published": ("2025-11-02T06:12:00+07:00", Source.META),
        "outlet": ("Harbour Post", Source.META),
        "language": ("en", Source.META),
    }
    assert article.authors == ("Ann Lee", "Bo Chan")
    assert article.text.split("\n\n")[0] == (
        "Paragraph 0 tells of the bridge & of its builders, who came from three towns."
    )


def test_entry_of_atom_is_read_with_its_markup_and_what_the_feed_says_for_all():
    body = '<div xmlns="http://www.w3.org/1999/xhtml">' + _PARAGRAPHS + "</div>"
    article = article_of(
        atom(
            '<title type="html">Brücke &amp;amp; Fähre</title><id>tag:1</id>'
            '<link rel="replies" href="https://example.org/talk"/>'
            '<link href="https://example.org/1"/><published>2025-11-02T06:12:00Z</published>'
            f'<updated>2025-11-03T06:12:00Z</updated><content type="xhtml">{body}</content>'
        )
    )

    assert article.value("title") == "Brücke & Fähre"
    assert article.value("url") == "https://example.org/1"
    assert article.value("published") == "2025-11-02T06:12:00+00:00"
    assert article.value("updated") == "2025-11-03T06:12:00+00:00"
    assert (article.value("outlet"), article.value("language")) == ("Delta", "de")
    assert article.authors == ("Bo Chan",)
    assert len(article.text.split("\n\n")) == 4


def test_plain_text_of_atom_keeps_what_looks_like_markup():
    record = record_of(atom('<title type="text">Use &lt;b&gt; sparingly</title>'))

    assert record["title"] == "Use <b> sparingly"


def test_rss_1_with_its_items_beside_the_channel_is_read():
    article = article_of(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns="http://purl.org/rss/1.0/" {_SPACES}>'
        '<channel rdf:about="x"><title>Delta</title><items/></channel>'
        '<item rdf:about="https://example.org/2"><title>Bridge</title>'
        f"<link>https://example.org/2</link><dc:date>2025-11-02</dc:date>{_WHOLE}</item></rdf:RDF>"
    )

    assert (article.value("outlet"), article.value("published")) == ("Delta", "2025-11-02")
    assert article.value("url") == "https://example.org/2"


def test_members_are_named_by_their_place_in_the_feed():
    assert [member.name for member in members_of(rss("a", "b"), "city.rss")] == [
        "city.rss#1.json",
        "city.rss#2.json",
    ]


def test_feed_of_one_item_is_a_container_too():
    reading = read(rss(f"<title>Bridge</title>{_WHOLE}"))

    assert (reading.members, reading.format) == (True, "rss")
    assert read(atom("<title>Brücke</title>")).format == "atom"


def test_item_with_a_teaser_only_says_that_and_where_the_page_is():
    member = members_of(
        rss(
            "<title>Bridge open</title><link>https://example.org/1</link>"
            "<description>The mayor opened &lt;b&gt;it&lt;/b&gt; on Monday.</description>"
        )
    )[0]

    rejection = read_file(member.data, ReadRequest(member.name)).rejection

    assert rejection is not None
    assert rejection.reason is Reason.TOO_SHORT
    assert "The mayor opened it on Monday." in rejection.detail
    assert "https://example.org/1" in rejection.detail


def test_item_with_a_title_only_is_too_short_and_not_lost():
    member = members_of(rss("<title>Bridge open</title>"))[0]

    rejection = read_file(member.data, ReadRequest(member.name)).rejection

    assert rejection is not None
    assert rejection.reason is Reason.TOO_SHORT


def test_description_that_holds_the_whole_text_is_the_text():
    description = _PARAGRAPHS.replace("<", "&lt;").replace("&amp;", "&amp;amp;")

    article = article_of(rss(f"<title>Bridge</title><description>{description}</description>"))

    assert len(article.text.split("\n\n")) == 4


def test_paragraph_that_only_names_and_links_the_item_is_no_text():
    link = "https://example.org/1"
    signature = f'<p>The post <a href="{link}">Bridge open</a> appeared first on Harbour Post.</p>'
    whole = _WHOLE.replace("]]>", signature + "]]>")

    article = article_of(rss(f"<title>Bridge open</title><link>{link}</link>{whole}"))

    assert "appeared first" not in article.text


def test_description_of_a_picture_is_not_taken_for_that_of_the_item():
    item = (
        "<description>Words of the item</description><media:description>A boat</media:description>"
    )

    assert record_of(rss(item))["summary"] == "Words of the item"


def test_outlet_of_a_collected_item_is_the_one_it_was_taken_from():
    item = '<title>Bridge</title><source url="https://example.org/feed">Delta Weekly</source>'

    assert record_of(rss(item))["outlet"] == "Delta Weekly"


@pytest.mark.parametrize(
    ("author", "names"),
    [
        pytest.param("<author>desk@example.org (Ann Lee)</author>", ["Ann Lee"], id="in brackets"),
        pytest.param("<author>Ann Lee</author>", ["Ann Lee"], id="name"),
        pytest.param("<author>desk@example.org</author>", None, id="only an address"),
    ],
)
def test_author_of_rss_is_the_name_and_not_the_address(author, names):
    assert record_of(rss(author)).get("authors") == names


@pytest.mark.parametrize(
    "date",
    ["", "<pubDate>yesterday</pubDate>", "<pubDate>Sun, 31 Nov 2025 06:12:00 GMT</pubDate>",
     "<pubDate>0000-00-00T00:00:00Z</pubDate>", "<pubDate>3 hours ago</pubDate>",
     "<pubDate>2025-11</pubDate>"],
)  # fmt: skip
def test_date_that_is_missing_or_none_is_not_invented(date):
    published = article_of(rss(f"<title>Bridge</title>{date}{_WHOLE}")).fields.get("published")

    assert published is None or published.source is Source.GUESS


def test_entry_of_atom_without_a_publication_date_has_none():
    content = "<content>Seven words of text for one entry.</content>"
    entry = f"<updated>2025-11-03T06:12:00Z</updated>{content}"

    article = article_of(atom(entry))

    assert "published" not in article.fields
    assert article.value("updated") == "2025-11-03T06:12:00+00:00"


@pytest.mark.parametrize("declared", ["iso-8859-1", "utf-16", "no-such-charset"])
def test_feed_that_lies_about_its_encoding_is_read_by_its_bytes(declared):
    feed = f'<?xml version="1.0" encoding="{declared}"?>' + rss("<title>Fähre für Köln</title>")

    assert record_of(feed)["title"] == "Fähre für Köln"


def test_faults_in_one_item_leave_the_others_whole():
    feed = rss(
        "<title>Tom & Jerry&nbsp;caf&eacute; \x0b</title>",
        "<title>Never <b>closed</title><description>words",
        '<title>Third</title><undeclared:thing x="1"/>',
    )

    titles = [json.loads(member.data).get("title") for member in members_of(feed)]

    assert titles == ["Tom & Jerry café", "Never closed words", "Third"]


def test_item_left_open_ends_where_the_next_begins():
    feed = "<rss><channel><item><title>One</title><item><title>Two</title></item></channel></rss>"

    assert [json.loads(member.data)["title"] for member in members_of(feed)] == ["One", "Two"]


def test_end_of_an_item_inside_quoted_markup_ends_nothing():
    feed = rss("<description><![CDATA[One </item> two]]></description><title>Three</title>")

    assert len(members_of(feed)) == 1
    assert record_of(feed)["title"] == "Three"


def test_truncated_feed_gives_its_whole_items_and_says_where_it_breaks_off():
    feed = rss("<title>One</title>", "<title>Two</title>", "<title>Three</title>")
    data = feed[: feed.index("Three")].encode()

    members = iter_members(data, ReadRequest("feed.xml"))
    assert [next(members).name, next(members).name] == ["feed.xml#1.json", "feed.xml#2.json"]
    with pytest.raises(MembersError, match="breaks off after 2 whole items"):
        next(members)


def test_empty_feed_says_so():
    rejection = rejection_of(rss())

    assert (rejection.reason, rejection.detail) == (Reason.EMPTY, "The feed holds no items.")


def test_feed_cut_off_before_its_first_item_ends_is_malformed():
    assert rejection_of(rss("<title>One</title>").split("</title></item>")[0]).reason is (
        Reason.MALFORMED
    )


@pytest.mark.parametrize(
    "subset",
    [
        pytest.param('<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">', id="entity bomb"),
        pytest.param('<!ENTITY b SYSTEM "file:///etc/passwd">', id="file"),
        pytest.param('<!ENTITY % b SYSTEM "https://example.org/b.dtd"> %b;', id="address"),
    ],
)
def test_document_type_of_its_own_is_refused(subset):
    feed = f"<?xml version='1.0'?><!-- c --><!DOCTYPE rss [{subset}]>" + rss("<title>&b;</title>")

    assert rejection_of(feed).reason is Reason.MALFORMED
    assert "DOCTYPE" in rejection_of(feed).detail


def test_entity_nobody_declared_is_shown_as_it_stands():
    assert record_of(rss("<title>&xxe; one</title>"))["title"] == "&xxe; one"


def test_public_document_type_of_old_feeds_is_passed_over():
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "https://example.org/r.dtd">'

    assert record_of(doctype + rss("<title>Caf&eacute;</title>"))["title"] == "Café"


def test_ten_thousand_items_are_read_one_at_a_time(monkeypatch):
    read_so_far = []

    def counted(source: str, head: FeedHead) -> FeedItem:
        read_so_far.append(source)
        return read_item(source, head)

    monkeypatch.setattr(feeds, "read_item", counted)
    data = rss(*(f"<title>Item {n}</title>" for n in range(10_000))).encode()

    members = iter_members(data, ReadRequest("feed.xml"))
    assert json.loads(next(members).data)["title"] == "Item 0"
    assert len(read_so_far) <= 2

    assert sum(1 for _ in members) == 9_999


def test_item_longer_than_any_article_is_refused_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr(feeds, "MAX_ITEM_CHARACTERS", 2_000)
    first, second = members_of(rss("<title>x</title>" + "words " * 1000, "<title>Two</title>"))

    request = ReadRequest(first.name, max_text_characters=3_000)
    rejection = read_file(first.data, request).rejection
    assert rejection is not None
    assert rejection.reason is Reason.TOO_LARGE
    assert json.loads(second.data)["title"] == "Two"


@pytest.mark.parametrize(
    "inside",
    ["<a>" * 50_000, "<![CDATA[" * 50_000, "<!--" * 50_000, "&" * 100_000, "&lt;a" * 50_000,
     "<title " + " ".join(f"a{n}='b'" for n in range(20_000)) + ">x</title>"],
    ids=["depth", "quoted", "comments", "ampersands", "tags", "attributes"],
)  # fmt: skip
def test_hostile_item_ends_in_a_record_whatever_it_holds(inside):
    assert members_of(rss(inside))[0].name == "feed.xml#1.json"


@pytest.mark.parametrize(
    ("feed", "url"),
    [
        pytest.param(
            rss(
                f"<title>Bridge</title><link>/a/1</link>{_WHOLE}",
                head="<title>Post</title><link>https://example.org/news/</link>",
            ),
            "https://example.org/a/1",
            id="channel",
        ),
        pytest.param(
            atom(f'<title>Bridge</title><link href="2.html"/><content>{_WHOLE}</content>').replace(
                "<feed ", '<feed xml:base="https://example.org/b/" '
            ),
            "https://example.org/b/2.html",
            id="feed",
        ),
        pytest.param(
            rss(f"<title>Bridge</title><link>/a/1</link>{_WHOLE}").replace(
                "<item>", '<item xml:base="https://example.org/c/">'
            ),
            "https://example.org/a/1",
            id="item",
        ),
    ],
)
def test_relative_link_is_completed_by_what_the_feed_says(feed, url):
    assert record_of(feed)["url"] == url

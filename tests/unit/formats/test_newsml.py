"""NewsML-G2 and NewsML 1: text items, messages of many, and what is no article."""

import pytest

from services.extract.outcome import ReadRequest, Reason
from services.extract.reading import iter_members, read_file

_NS = ' xmlns="http://iptc.org/std/nar/2006-10-01/"'
XHTML = (
    '<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">'
    "<head><title>Ferry</title></head><body><h1>Ferry returns to Osmund</h1>"
    "<p>The ferry came back on Tuesday after a year of repairs.</p>"
    "<figure><figcaption>The ferry.</figcaption></figure>"
    "<p>A ticket costs four crowns.</p></body></html></inlineXML>"
)
NITF = (
    '<inlineXML contenttype="application/nitf+xml"><nitf><body><body.head><byline>Bo Chan</byline>'
    "</body.head><body.content><p>The ferry came back on Tuesday after a year of repairs.</p>"
    "<p>A ticket costs four crowns.</p></body.content></body></nitf></inlineXML>"
)
PLAIN = (
    '<inlineData contenttype="text/plain">The ferry came back on Tuesday\nafter a year of repairs.'
    "\n\nA ticket costs four crowns.</inlineData>"
)
HTML = (
    '<inlineData contenttype="text/html">&lt;p&gt;The ferry came back on Tuesday after a year of '
    "repairs.&lt;/p&gt;&lt;p&gt;A ticket costs four crowns.&lt;/p&gt;</inlineData>"
)
TEXT = ["The ferry came back on Tuesday after a year of repairs.", "A ticket costs four crowns."]


def item(content: str = XHTML, *, status: str = "stat:usable", kind: str = "ninat:text", more=""):
    return (
        f'<newsItem{_NS} guid="urn:newsml:wire.example:20250311:44" version="3" xml:lang="en-GB">'
        f'<itemMeta><itemClass qcode="{kind}"/><provider qcode="nprov:AFP"/>'
        "<versionCreated>2025-03-11T12:00:00+01:00</versionCreated>"
        f"<firstCreated>2025-03-11T08:00:00+01:00</firstCreated>{more}"
        f'<pubStatus qcode="{status}"/></itemMeta><contentMeta>'
        "<contentCreated>2025-03-11T07:50:00+01:00</contentCreated>"
        '<located qcode="city:9"><name>Osmund</name></located>'
        '<creditline>Agence France-Presse</creditline><headline role="hld:subHeadline">A year on'
        "</headline><headline>Ferry returns to Osmund</headline><by>By Ann Lee</by>"
        f'<language tag="en"/></contentMeta><contentSet>{content}</contentSet></newsItem>'
    )


def read(content: str, name: str = "wire.xml"):
    return read_file(content.encode(), ReadRequest(name))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(XHTML, id="xhtml"),
        pytest.param(NITF, id="nitf"),
        pytest.param(PLAIN, id="plain"),
        pytest.param(HTML, id="html in a string"),
    ],
)
def test_a_text_item_gives_its_fields_and_its_text_whatever_holds_it(content):
    reading = read(item(content))

    article = reading.article
    assert article is not None, reading.rejection
    assert article.text.split("\n\n") == TEXT
    assert article.authors == ("Ann Lee",)
    assert {name: field.value for name, field in article.fields.items()} == {
        "title": "Ferry returns to Osmund",
        "published": "2025-03-11T07:50:00+01:00",
        "updated": "2025-03-11T12:00:00+01:00",
        "outlet": "AFP",
        "agency": "AFP",
        "dateline": "Osmund",
        "language": "en",
        "external_id": "urn:newsml:wire.example:20250311:44#3",
    }


@pytest.mark.parametrize(
    ("content", "word"),
    [
        pytest.param(item(status="stat:canceled"), "cancelled", id="cancelled"),
        pytest.param(item(status="stat:withheld"), "withholds", id="withheld"),
        pytest.param(
            item(more="<embargoed>2025-03-12T06:00:00Z</embargoed>"),
            "embargo until 2025-03-12T06:00:00Z",
            id="embargo",
        ),
        pytest.param(item(more="<embargoed/>"), "embargo", id="embargo without an end"),
    ],
)
def test_an_item_not_to_be_used_is_read_and_says_so(content, word):
    reading = read(content)

    assert reading.article is not None
    assert word in " ".join(reading.notes)


@pytest.mark.parametrize(
    ("content", "reason", "words"),
    [
        pytest.param(item(""), Reason.TOO_SHORT, "headline without text", id="headline only"),
        pytest.param(
            item('<remoteContent href="ferry.jpg"/>', kind="ninat:picture"),
            Reason.NO_TEXT,
            "a picture",
            id="picture",
        ),
        pytest.param(f"<packageItem{_NS}/>", Reason.UNSUPPORTED, "package", id="package"),
        pytest.param(f"<conceptItem{_NS}/>", Reason.UNSUPPORTED, "concept", id="concept"),
        pytest.param(f"<newsMessage{_NS}/>", Reason.EMPTY, "no item", id="empty message"),
        pytest.param(item()[:700], Reason.MALFORMED, "can not be read", id="cut off"),
        pytest.param(
            '<!DOCTYPE newsItem [<!ENTITY x "y">]>' + item(),
            Reason.MALFORMED,
            "entities",
            id="bomb",
        ),
    ],
)
def test_what_is_no_article_is_refused_in_words(content, reason, words):
    rejection = read(content).rejection

    assert rejection is not None
    assert rejection.reason is reason
    assert words in rejection.detail


def test_a_message_of_many_items_is_a_container_whose_members_are_read_alone():
    message = (
        f"<newsMessage{_NS}><itemSet>{item()}{item(PLAIN)}<packageItem/></itemSet></newsMessage>"
    )
    data = message.encode()

    assert read(message).members
    members = list(iter_members(data, ReadRequest("wire.xml")))

    assert [member.name for member in members] == [f"wire.xml#{n}.xml" for n in (1, 2, 3)]
    readings = [read_file(member.data, ReadRequest(member.name)) for member in members]
    assert [reading.article is not None for reading in readings] == [True, True, False]
    assert readings[0].article == read(item()).article


def test_a_message_of_one_item_is_that_item():
    message = f"<newsMessage{_NS}><itemSet>{item()}</itemSet></newsMessage>"

    assert read(message).article == read(item()).article


NEWSML_1 = """<NewsML><NewsEnvelope><SentFrom><Party FormalName="Beacon Wire"/></SentFrom>
</NewsEnvelope><NewsItem><Identification><NewsIdentifier><ProviderId>wire.example</ProviderId>
<NewsItemId>44</NewsItemId><PublicIdentifier>urn:newsml:wire.example:44:1</PublicIdentifier>
</NewsIdentifier></Identification><NewsManagement><FirstCreated>20250311T061200+0100</FirstCreated>
<ThisRevisionCreated>20250311T081200+0100</ThisRevisionCreated><Status FormalName="Usable"/>
</NewsManagement><NewsComponent><NewsLines><HeadLine>Ferry returns</HeadLine><ByLine>By Ann Lee
</ByLine><DateLine>OSMUND, March 11</DateLine></NewsLines><AdministrativeMetadata><Provider>
<Party FormalName="AFP"/></Provider></AdministrativeMetadata><NewsComponent>
<DescriptiveMetadata><Language FormalName="en"/></DescriptiveMetadata>
<ContentItem><MediaType FormalName="Photo"/></ContentItem><ContentItem><DataContent>
<p>The ferry came back on Tuesday after a year of repairs.</p><p>A ticket costs four crowns.</p>
</DataContent></ContentItem></NewsComponent></NewsComponent></NewsItem></NewsML>"""


def test_an_item_of_newsml_1_is_read_by_the_names_of_its_time():
    reading = read(NEWSML_1)

    article = reading.article
    assert article is not None, reading.rejection
    assert article.text.split("\n\n") == TEXT
    assert (article.authors, article.value("title")) == (("Ann Lee",), "Ferry returns")
    assert article.value("published") == "2025-03-11T06:12:00+01:00"
    assert article.value("updated") == "2025-03-11T08:12:00+01:00"
    assert (article.value("outlet"), article.value("dateline")) == ("AFP", "OSMUND")
    assert article.value("external_id") == "urn:newsml:wire.example:44:1"


def test_items_of_newsml_1_in_one_file_are_members_that_read_alone():
    start, end = NEWSML_1.index("<NewsItem>"), NEWSML_1.index("</NewsML>")
    twice = NEWSML_1[:end] + NEWSML_1[start:end] + "</NewsML>"

    members = list(iter_members(twice.encode(), ReadRequest("wire.xml")))

    assert len(members) == 2
    for member in members:
        reading = read_file(member.data, ReadRequest(member.name))
        assert reading.article is not None
        assert reading.article.text.split("\n\n") == TEXT

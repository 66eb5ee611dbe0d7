"""NITF: fields and text as they stand, and nothing that the file asks a parser to do."""

import pytest

from services.extract.outcome import ReadRequest, Reason
from services.extract.reading import read_file

DOCTYPE = '<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.4//EN" "nitf-3-4.dtd">'
ITEM = """<?xml version="1.0" encoding="UTF-8"?>
{doctype}
<nitf{namespace}><head><title>FERRY-OSMUND</title>
<docdata management-status="{status}"><doc-id id-string="bw-4411"/>
<date.issue norm="20250311T061200+0100"/><doc.copyright holder="Beacon Wire"/></docdata>
<pubdata name="Coast Chronicle" date.publication="20250312"/></head>
<body><body.head>
<hedline><hl1>Ferry returns &amp; the caf&eacute; opens</hl1><hl2>After a year</hl2></hedline>
<byline>By <person>Ann Lee</person> and <person>Bo Chan</person><byttl>Osmund desk</byttl></byline>
<distributor><org>Associated Press</org></distributor>
<dateline><location>OSMUND, Veltra</location><story.date norm="20250310"/></dateline>
</body.head>
<body.content><block>
<p>The ferry came back on <em>Tuesday</em>
after repairs that took a year.</p>
<media media-type="image"><media-caption>The ferry at the quay.</media-caption></media>
<note noteclass="editorsnote"><body.content><p>Eds: adds price.</p></body.content></note>
<p>A ticket costs four crowns,<br/>the harbour master said.</p>
<table><tr><td>Adults</td><td>4</td></tr><tr><td>Dogs</td><td>1</td></tr></table>
</block></body.content>
<body.end><tagline>Reporting by Ann Lee</tagline></body.end></body></nitf>"""
TEXT = [
    "The ferry came back on Tuesday after repairs that took a year.",
    "A ticket costs four crowns, the harbour master said.",
    "Adults 4",
    "Dogs 1",
]


def read(content: str | bytes):
    data = content.encode() if isinstance(content, str) else content
    return read_file(data, ReadRequest("wire.xml"))


def nitf(doctype: str = "", namespace: str = "", status: str = "usable") -> str:
    return ITEM.format(doctype=doctype, namespace=namespace, status=status)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(nitf(), id="plain"),
        pytest.param(nitf(DOCTYPE), id="doctype"),
        pytest.param(nitf(namespace=' xmlns="http://iptc.org/std/NITF/2006-10-18/"'), id="names"),
        pytest.param(nitf().encode("utf-16"), id="utf-16 that says it is utf-8"),
        pytest.param(nitf().replace("year.", "year.\x0b&#11;"), id="control characters"),
    ],
)
def test_an_item_gives_its_fields_and_its_text_without_pictures_and_notes(content):
    reading = read(content)

    article = reading.article
    assert article is not None, reading.rejection
    assert reading.format == "nitf"
    assert article.text.split("\n\n") == TEXT
    assert article.authors == ("Ann Lee", "Bo Chan")
    assert {name: field.value for name, field in article.fields.items()} == {
        "title": "Ferry returns & the café opens",
        "published": "2025-03-11T06:12:00+01:00",
        "outlet": "Coast Chronicle",
        "agency": "AP",
        "dateline": "OSMUND, Veltra",
        "external_id": "bw-4411",
        "language": "en",
    }
    assert reading.notes == (
        "Left out 1 pictures with their captions.",
        "Left out 1 notes to editors.",
    )


def test_a_cancelled_item_says_so_and_a_byline_without_persons_is_split():
    content = nitf(status="canceled").replace("<person>", "").replace("</person>", "")

    reading = read(content)

    assert reading.article is not None
    assert reading.article.authors == ("Ann Lee", "Bo Chan")
    assert "cancelled" in reading.notes[0]


def test_a_lead_that_stands_twice_counts_once():
    twice = nitf().replace("<body.content>", f"<body.content><block><p>{TEXT[0]}</p></block>")

    reading = read(twice)

    assert reading.article is not None
    assert reading.article.text.split("\n\n") == TEXT
    assert "Left out 1 repeated paragraphs." in reading.notes


@pytest.mark.parametrize(
    ("content", "reason", "words"),
    [
        pytest.param(
            nitf('<!-- a --><!DOCTYPE nitf [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'),
            Reason.MALFORMED,
            "entities of its own",
            id="entity bomb",
        ),
        pytest.param(
            nitf('<!DOCTYPE nitf SYSTEM "a>b" [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
            Reason.MALFORMED,
            "entities of its own",
            id="external entity",
        ),
        pytest.param(nitf()[:900], Reason.MALFORMED, "can not be read", id="cut off"),
        pytest.param("<nitf>" + "<block>" * 5000, Reason.MALFORMED, "can not be read", id="depth"),
        pytest.param(
            "<nitf><body><body.head><hedline><hl1>Ferry back</hl1></hedline></body.head></body>"
            "</nitf>",
            Reason.TOO_SHORT,
            "headline without text",
            id="headline only",
        ),
        pytest.param("<nitf/>", Reason.TOO_SHORT, "without text", id="nothing"),
    ],
)
def test_a_hostile_broken_or_empty_item_is_refused_in_words(content, reason, words):
    rejection = read(content).rejection

    assert rejection is not None
    assert rejection.reason is reason
    assert words in rejection.detail


def test_an_undeclared_entity_is_never_fetched_and_stays_as_it_stands():
    reading = read(nitf(DOCTYPE).replace("four crowns", "&price; crowns"))

    assert reading.article is not None
    assert "A ticket costs &price; crowns, the harbour master said." in reading.article.text


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(" " * 3_000_000 + "<nitf>", id="blanks"),
        pytest.param("<nitf>" + "<!-- - " * 400_000, id="comments never closed"),
        pytest.param("<!DOCTYPE nitf " + "\"'" * 700_000 + "<nitf>", id="quotes"),
        pytest.param("<nitf>" + "&#" * 1_000_000, id="references"),
        pytest.param("<?xml " + "? >" * 700_000, id="declaration"),
        pytest.param(
            "<nitf " + " ".join(f'a{n}="1"' for n in range(30_000)) + "/>", id="attributes"
        ),
    ],
)
def test_text_made_to_cost_time_is_refused_at_once(content):
    assert read(content).rejection is not None

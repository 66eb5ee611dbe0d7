"""Mails: the body as an article, attached articles as members."""

import base64
from datetime import UTC, datetime

import pytest

from services.extract.outcome import ReadRequest, Reason
from services.extract.reading import iter_members, read_file
from shared.model import Source

_PARAGRAPHS = [
    f"Paragraph {n} tells of the bridge over the harbour and of its builders, from three towns."
    for n in range(4)
]
_ROWS = "".join(f"<tr><td class='x'><p>{text}</p></td></tr>" for text in _PARAGRAPHS)
_HTML = (
    "<html><head><style>td {color: red}</style></head><body>"
    f"<table><tr><td><h1>Bridge open</h1></td></tr>{_ROWS}</table></body></html>"
)
_TEXT = "\n\n".join(_PARAGRAPHS)
_STUB = "View this mail in your browser: https://example.org/letter/with/a/long/address/in/it"
_HEAD = (
    'From: "Harbour Post" <news@example.org>\nSubject: Harbour bridge opens\n'
    "Date: Sun, 09 Mar 2025 06:12:00 +0700\nMessage-ID: <a1@example.org>\nMIME-Version: 1.0\n"
)
_LETTER = _HEAD + "List-Unsubscribe: <https://example.org/u>\n"


def part(kind: str, content: str | bytes, *headers: str) -> bytes:
    head = "\n".join((f"Content-Type: {kind}", *headers))
    return head.encode() + b"\n\n" + (content.encode() if isinstance(content, str) else content)


def multi(kind: str, *parts: bytes, boundary: str = "=_b1") -> bytes:
    mark = f"\n--{boundary}".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\nA preamble.'.encode()
    return head + b"".join(mark + b"\n" + one for one in parts) + mark + b"--\n"


def mail(body: bytes, head: str = _LETTER) -> bytes:
    return head.encode() + body


def read(data: bytes, name: str = "letter.eml", **known):
    return read_file(data, ReadRequest(name, **known))


def article_of(data: bytes, **known):
    article = read(data, **known).article
    assert article is not None
    return article


def members_of(data: bytes):
    return list(iter_members(data, ReadRequest("letter.eml")))


def paragraphs_of(data: bytes) -> list[str]:
    text: str = article_of(data).text
    return text.split("\n\n")


def test_newsletter_gives_its_fields_from_its_headers():
    article = article_of(mail(part("text/html; charset=utf-8", _HTML)))

    found = {name: (field.value, field.source) for name, field in article.fields.items()}
    assert found == {
        "title": ("Harbour bridge opens", Source.META),
        "published": ("2025-03-09T06:12:00+07:00", Source.META),
        "outlet": ("Harbour Post", Source.META),
        "external_id": ("a1@example.org", Source.META),
        "language": ("en", Source.TEXT),
    }


def test_newsletter_laid_out_with_tables_reads_as_paragraphs():
    paragraphs = paragraphs_of(mail(part("text/html; charset=utf-8", _HTML)))

    assert [text for text in paragraphs if text.startswith("Paragraph")] == _PARAGRAPHS
    assert not any("|" in text for text in paragraphs)


def test_html_is_chosen_over_a_text_that_only_points_to_it():
    body = multi("alternative", part("text/plain", _STUB), part("text/html", _HTML))

    assert _PARAGRAPHS[0] in paragraphs_of(mail(body))


def test_text_is_chosen_when_it_holds_plainly_more():
    body = multi("alternative", part("text/plain", _TEXT), part("text/html", "<p>See it.</p>"))

    assert paragraphs_of(mail(body)) == _PARAGRAPHS


def test_pieces_between_pictures_are_one_body_and_the_pictures_are_noted():
    picture = part("image/png", "iVBORw0KGgo=", "Content-Transfer-Encoding: base64")
    body = multi(
        "mixed", part("text/plain", _PARAGRAPHS[0]), picture, part("text/plain", _PARAGRAPHS[1])
    )

    reading = read(mail(body))

    assert reading.article is not None
    assert reading.article.text.split("\n\n") == _PARAGRAPHS[:2]
    assert "image/png" in reading.notes[0]


def test_lines_broken_softly_are_one_paragraph():
    broken = _TEXT.replace(" and ", " \nand ")

    assert paragraphs_of(mail(part("text/plain; format=flowed", broken))) == _PARAGRAPHS


def test_root_of_related_parts_is_the_one_that_start_names():
    body = multi(
        'related; start="<root@x>"',
        part("text/html", "<p>A frame with words that nobody asked for.</p>"),
        part("text/html", _HTML, "Content-ID: <root@x>"),
    )

    assert _PARAGRAPHS[0] in paragraphs_of(mail(body))


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Re: Fwd: RE[2]: Bridge opens", "Bridge opens"),
        ("WG: AW: Brücke offen", "Brücke offen"),
        ("转发：Bridge opens", "Bridge opens"),
        ("Reopening: the bridge", "Reopening: the bridge"),
        ("=?iso-8859-1?Q?Br=FCcke?= =?iso-8859-1?Q?_offen?=", "Brücke offen"),
        ("=?utf-8?B?QnLD?= =?utf-8?B?vGNrZQ==?=", "Brücke"),
        ("=?iso-8859-1?Q?Br=C3=BCcke?=", "Brücke"),
        ("=?no-such-charset?Q?Bridge?=", "Bridge"),
    ],
)
def test_subject_is_the_title_decoded_and_without_what_answering_adds(subject, title):
    head = _LETTER.replace("Harbour bridge opens", subject)

    assert article_of(mail(part("text/plain", _TEXT), head)).value("title") == title


def test_subject_that_can_not_be_decoded_costs_only_that_word():
    head = _LETTER.replace("Harbour bridge", "=?utf-8?B?not base64!?= Bridge")

    title = article_of(mail(part("text/plain", _TEXT), head)).value("title")

    assert title is not None
    assert title.endswith("Bridge opens")


def test_who_passes_an_article_on_is_no_outlet_and_the_date_of_that_decides_nothing():
    head = _HEAD.replace("Harbour bridge", "Fwd: Harbour bridge")

    article = article_of(mail(part("text/plain", _TEXT), head))

    assert "outlet" not in article.fields
    assert article.authors == ()
    assert article.fields["published"].source is Source.GUESS


def test_sender_of_a_single_mail_is_its_author_and_no_outlet():
    head = _HEAD.replace("Harbour Post", "Ann Lee")

    article = article_of(mail(part("text/plain", _TEXT), head))

    assert (article.authors, article.value("outlet")) == (("Ann Lee",), None)


def test_list_on_which_people_write_is_the_outlet_of_what_they_write():
    head = _HEAD.replace("Harbour Post", "Ann Lee")
    head += "List-Id: Bridge builders <b.example.org>\nList-Post: <mailto:b@example.org>\n"

    article = article_of(mail(part("text/plain", _TEXT), head))

    assert (article.authors, article.value("outlet")) == (("Ann Lee",), "Bridge builders")


@pytest.mark.parametrize("date", ["", "Date: yesterday\n", "Date: Mon, 31 Feb 2025 06:12:00 GMT\n"])
def test_date_that_is_missing_or_none_is_not_invented(date):
    head = _LETTER.replace("Date: Sun, 09 Mar 2025 06:12:00 +0700\n", date)

    assert "published" not in article_of(mail(part("text/plain", _TEXT), head)).fields


def test_date_after_the_arrival_of_the_file_is_not_believed():
    received = datetime(2025, 3, 1, tzinfo=UTC)

    article = article_of(mail(part("text/plain", _TEXT)), received_at=received)

    assert "published" not in article.fields


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        pytest.param("iso-8859-1", "latin-1", id="as stated"),
        pytest.param("us-ascii", "cp1252", id="said to be ascii"),
        pytest.param("iso-8859-1", "utf-8", id="utf-8 said to be latin"),
        pytest.param("utf-8", "cp1252", id="windows said to be utf-8"),
        pytest.param("no-such-charset", "utf-8", id="unknown"),
    ],
)
def test_text_is_decoded_by_its_bytes_when_the_charset_lies(charset, encoding):
    text = "Die Fähre über den Fluß hält am Montag früh um neun Uhr zum letzten Mal."

    data = mail(part(f"text/plain; charset={charset}", text.encode(encoding)))

    assert article_of(data).text == text


def test_charset_written_in_ascii_bytes_is_believed():
    text = "市長は月曜日に港にかかる新しい橋の開通式を行いました。大勢の人が訪れました。"

    data = mail(part("text/plain; charset=iso-2022-jp", text.encode("iso-2022-jp")))

    assert article_of(data).text == text


def test_base64_with_a_damaged_end_gives_what_is_there():
    encoded = base64.encodebytes(_TEXT.encode())[:-6]

    data = mail(part("text/plain", encoded, "Content-Transfer-Encoding: base64"))

    assert article_of(data).text.startswith(_PARAGRAPHS[0])


def test_attached_articles_make_the_mail_a_container_of_its_body_and_them():
    inner = _HEAD.replace("Harbour bridge opens", "Ferry stops").encode() + part(
        "text/plain", _TEXT
    )
    body = multi(
        "mixed",
        multi("alternative", part("text/plain", _STUB), part("text/html", _HTML), boundary="alt"),
        part(
            "application/pdf; name=x",
            base64.b64encode(b"%PDF-1.7 x"),
            "Content-Transfer-Encoding: base64",
            "Content-Disposition: attachment; filename*=utf-8''..%2FBr%C3%BCcke.pdf",
        ),
        part("image/jpeg", "x", 'Content-Disposition: attachment; filename="map.jpg"'),
        part("message/rfc822", inner),
    )

    reading = read(mail(body))
    members = members_of(mail(body))

    assert reading.members
    assert "map.jpg" in reading.notes[0]
    assert [member.name for member in members] == [
        "letter.eml#1.eml",
        "letter.eml#2-_Brücke.pdf",
        "letter.eml#3.eml",
    ]
    assert members[1].data == b"%PDF-1.7 x"
    own, passed_on = (read(members[at].data, members[at].name).article for at in (0, 2))
    assert own is not None
    assert passed_on is not None
    assert (own.value("title"), own.value("outlet")) == ("Harbour bridge opens", "Harbour Post")
    assert _PARAGRAPHS[0] in own.text
    assert (passed_on.value("title"), passed_on.text) == ("Ferry stops", _TEXT)


def test_mail_that_only_carries_another_has_one_member():
    inner = _HEAD.encode() + part("text/plain", _TEXT)

    assert [m.name for m in members_of(mail(part("message/rfc822", inner)))] == ["letter.eml#2.eml"]


def test_file_attached_as_text_keeps_its_name():
    attached = part("text/plain", _TEXT, 'Content-Disposition: attachment; filename="a.md"')
    names = [m.name for m in members_of(mail(multi("mixed", part("text/plain", "Hi"), attached)))]

    assert names == ["letter.eml#1.eml", "letter.eml#2-a.md"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(part('text/html; name="mail.html"', _HTML), id="alone"),
        pytest.param(
            part("text/plain", _TEXT, "Content-Disposition: inline; filename=body.txt"), id="inline"
        ),
        pytest.param(
            multi(
                "alternative",
                part("text/plain; name=a.txt", _STUB),
                part("text/html; name=a.html", _HTML),
            ),
            id="alternatives",
        ),
        pytest.param(multi("related", part("text/html; name=a.html", _HTML)), id="related"),
    ],
)
def test_body_with_the_name_of_a_file_is_the_body(body):
    article = article_of(mail(body))

    assert article.value("title") == "Harbour bridge opens"
    assert _PARAGRAPHS[0] in article.text


def test_second_text_with_the_name_of_a_file_is_attached():
    named = part("text/plain; name=a.txt", _TEXT)

    names = [m.name for m in members_of(mail(multi("mixed", named, named)))]

    assert names == ["letter.eml#1.eml", "letter.eml#2-a.txt"]


def test_text_part_of_binary_data_is_passed_over_and_that_is_said():
    packed = base64.encodebytes(bytes(range(256)) * 20)
    binary = part("text/plain", packed, "Content-Transfer-Encoding: base64")

    reading = read(mail(multi("mixed", part("text/plain", _TEXT), binary)))

    assert reading.article is not None
    assert reading.article.text == _TEXT
    assert "text/plain (not text)" in reading.notes[0]


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(lambda data: b"From - Sun Mar 09 06:12:00 2025\n" + data, id="mailbox"),
        pytest.param(lambda data: b"%d\n" % len(data) + data + b"<plist/>", id="apple"),
        pytest.param(lambda data: data.replace(b"\n", b"\r\n"), id="crlf"),
    ],
)
def test_mail_as_programs_save_it_is_read(wrapped):
    assert article_of(wrapped(mail(part("text/plain", _TEXT)))).text == _TEXT


def test_mail_without_a_word_is_refused():
    for body in (part("text/plain", "  \n"), part("image/png", "x"), b"\n"):
        rejection = read(mail(body)).rejection
        assert rejection is not None
        assert rejection.reason is Reason.NO_TEXT


def test_mail_cut_off_in_its_last_part_is_read_and_says_so():
    reading = read(mail(multi("mixed", part("text/plain", _TEXT)))[:-12])

    assert reading.article is not None
    assert "cut off" in " ".join(reading.notes)


def test_thousand_nested_parts_are_not_followed_and_that_is_said():
    data = part("text/plain", _TEXT)
    for depth in range(1000):
        words = f"Letter {depth} came with another one inside."
        data = multi("mixed", part("text/plain", words), data, boundary=f"b{depth}x")

    reading = read(mail(data))

    assert reading.article is not None
    assert "deeper than 10" in " ".join(reading.notes)


def test_parts_beyond_the_limit_are_not_read_and_that_is_said():
    parts = (part("text/plain", f"Part {n} has a few words of its own.") for n in range(600))

    reading = read(mail(multi("mixed", *parts)))

    assert reading.article is not None
    assert 400 <= reading.article.text.count("a few words of its own.") <= 500
    assert "after the first 500" in " ".join(reading.notes)


@pytest.mark.parametrize(
    "header",
    [
        "Subject: " + "=?utf-8?q?a?= " * 80_000,
        "From: " + "(" * 1_000_000,
        "Content-Type: text/plain;" + "a*0*=x;" * 150_000,
        "X-Long: " + "x" * 1_000_000,
        "From: a@example.org\nMIME-Version: 1.0\nSubject: x\n" + "a: b\n" * 250_000 + "c: d",
    ],
    ids=["subject", "from", "parameters", "one line", "many lines"],
)
def test_header_of_a_megabyte_is_cut_and_that_is_said(header):
    reading = read(f"{header}\n{_LETTER}\n{_TEXT}".encode())

    assert reading.article is not None
    assert "Overlong headers were cut." in reading.notes

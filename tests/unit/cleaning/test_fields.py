"""Titles, bylines, outlets, datelines, agencies and language, each from its own lines."""

import pytest

from services.extract.cleaning.agencies import (
    agency_alone_on,
    agency_at_end,
    agency_in_dateline,
    agency_named,
)
from services.extract.cleaning.authors import authors_of_lines, names_in
from services.extract.cleaning.datelines import dateline_of
from services.extract.cleaning.language import detect_language
from services.extract.cleaning.outlets import outlet_of_lines
from services.extract.cleaning.phrases import load_phrases
from services.extract.cleaning.titles import title_of_text
from shared.model import Field

_PROSE = (
    "The mayor opened the new bridge over the harbour on Monday, and hundreds walked across it."
)


def value_of(field: Field | None) -> str | None:
    return field.value if field else None


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        pytest.param("By Ann Lee", ("Ann Lee",), id="by"),
        pytest.param("By Ann Lee and Bo Chan", ("Ann Lee", "Bo Chan"), id="and"),
        pytest.param(
            "Von Ann Lee, Bo Chan und Ed Dorn", ("Ann Lee", "Bo Chan", "Ed Dorn"), id="von"
        ),
        pytest.param("Ann Lee, PhD, CFA", ("Ann Lee",), id="degrees"),
        pytest.param("Ann Lee, Staff Writer", ("Ann Lee",), id="role"),
        pytest.param("https://example.org/authors/ann-lee", (), id="address"),
        pytest.param("admin", (), id="admin"),
        pytest.param("Ann Lee; ann lee", ("Ann Lee",), id="twice"),
        pytest.param("Ann Lee, ann-lee", ("Ann Lee",), id="slug"),
        pytest.param("Ann Lee Lifestyle Writer", ("Ann Lee",), id="role behind the name"),
        pytest.param("Ann Lee in Hanoi and Bo Chan", ("Ann Lee", "Bo Chan"), id="place"),
        pytest.param("Ann Lee (AFP), Bo Chan", ("Ann Lee", "Bo Chan"), id="brackets"),
        pytest.param("Ann Lee ann.lee@example.org", ("Ann Lee",), id="mail"),
        pytest.param("홍길동 기자", ("홍길동",), id="Korean reporter"),
        pytest.param("李明、王芳", ("李明", "王芳"), id="Chinese comma"),
        pytest.param("Ann &amp; Bo", ("Ann", "Bo"), id="entity"),
        pytest.param("Photo: Ann Lee/Getty Images", (), id="picture"),
        pytest.param("By", (), id="only by"),
        pytest.param("September", (), id="month"),
        pytest.param("Harbour Post Staff", (), id="staff"),
        pytest.param("Newsroom", (), id="newsroom"),
        pytest.param("Agencies", (), id="agencies"),
    ],
)
def test_byline_is_split_into_names(byline, names):
    assert names_in([byline]) == names


def test_byline_stops_where_the_date_begins():
    assert authors_of_lines(["By VNA   November 2, 2025 | 06:12 am PT"]) == ("VNA",)
    assert authors_of_lines(["By Ann Lee on Monday 3 March 2025"]) == ("Ann Lee",)


@pytest.mark.parametrize(
    ("line", "outlet"),
    [
        pytest.param("Source: Harbour Post", "Harbour Post", id="source"),
        pytest.param("Discover more from Harbour Post", "Harbour Post", id="discover"),
        pytest.param("with the Harbour City Daily", "Harbour City Daily", id="with the"),
        pytest.param("© 2025 Harbour Post. All rights reserved.", "Harbour Post", id="copyright"),
        pytest.param("with the mayor", None, id="no name"),
        pytest.param("The source: nobody knows", None, id="sentence"),
    ],
)
def test_outlet_is_read_from_lines_around_the_text(line, outlet):
    found = outlet_of_lines([line])

    assert value_of(found) == outlet


@pytest.mark.parametrize(
    ("opening", "place", "published"),
    [
        pytest.param("HCMC – The mayor said", "HCMC", None, id="capitals"),
        pytest.param("HANOI, Nov. 2, 2025 (AP) — The mayor", "HANOI", "2025-11-02", id="with date"),
        pytest.param("Hanoi (VNA) - The mayor said", "Hanoi", None, id="with agency"),
        pytest.param(
            "HANOI, Nov. 2, 2025 (Quay Press) — The mayor", "HANOI", "2025-11-02", id="other credit"
        ),
        pytest.param("NASA (the space agency) - its chief said", None, None, id="brackets alone"),
        pytest.param("SEOUL, Nov. 2 (Yonhap) -- The mayor", "SEOUL", None, id="date without year"),
        pytest.param("Hanoi - a city of lakes", None, None, id="only a dash"),
        pytest.param("The mayor – a tall man – said", None, None, id="aside"),
    ],
)
def test_dateline_needs_capitals_or_a_date_or_an_agency(opening, place, published):
    found, dated = dateline_of(opening + " that the bridge was open.")

    assert value_of(found) == place
    assert value_of(dated) == published


def test_agency_is_found_alone_at_the_end_and_in_the_dateline():
    assert agency_alone_on("Yonhap") == "Yonhap"
    assert agency_alone_on("By VNA") == "VNA"
    assert agency_at_end("of common interest.- (VNA/VLLF)") == ("VNA", "VLLF")
    assert agency_in_dateline("HANOI, Nov 2 (Reuters) - The mayor") == "Reuters"
    assert agency_named("Associated Press") == "AP"
    assert agency_alone_on("Yonhap said so") is None


def test_first_body_line_without_full_stop_is_the_title_of_copied_text():
    line = (
        "Harbour bridge opens after four years of work and many delays caused by storms and strikes"
    )

    title, stands_in_body = title_of_text([], [line, _PROSE])

    assert (value_of(title), stands_in_body) == (line, True)
    assert title_of_text([], [_PROSE, _PROSE]) == (None, False)


def test_language_of_a_short_text_is_what_the_page_declares():
    assert value_of(detect_language("Oui", declared="fr-FR")) == "fr"
    assert value_of(detect_language(_PROSE, declared="fr-FR")) == "en"
    assert detect_language("123 456") is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thị trưởng đã khánh thành cây cầu mới qua bến cảng vào sáng thứ Hai.", "vi"),
        ("Die Bürgermeisterin hat am Montag die neue Brücke über den Hafen eröffnet.", "de"),
        ("시장은 월요일에 항구를 가로지르는 새 다리를 개통했다고 밝혔다.", "ko"),
        ("市長は月曜日に港にかかる新しい橋の開通式を行いました。", "ja"),
        ("Мэр открыл в понедельник новый мост через гавань города.", "ru"),
        ("افتتح رئيس البلدية يوم الاثنين الجسر الجديد فوق الميناء.", "ar"),
    ],
)
def test_language_is_told_from_one_sentence(text, language):
    assert value_of(detect_language(text)) == language


def test_phrases_in_the_package_are_patterns():
    assert load_phrases().cut.match("Related articles")

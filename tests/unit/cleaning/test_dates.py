from datetime import UTC, datetime

import pytest

from services.extract.cleaning.dates import ParsedDate, dated_field, is_in_future, parse_date
from services.extract.cleaning.publication import date_in_url
from shared.model import Field, Source


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        pytest.param("2025-11-02", "2025-11-02", id="iso day"),
        pytest.param("2025-11-02T06:12:00Z", "2025-11-02T06:12:00+00:00", id="iso utc"),
        pytest.param("2025-11-02 06:12:00 +0700", "2025-11-02T06:12:00+07:00", id="iso blank zone"),
        pytest.param("2025-11-02T06:12:33.123+07:00", "2025-11-02T06:12:33+07:00", id="fraction"),
        pytest.param("20251102", "2025-11-02", id="compact"),
        pytest.param("Nov. 2, 2025", "2025-11-02", id="short month"),
        pytest.param("November 2, 2025 | 06:12 am PT", "2025-11-02T06:12:00-08:00", id="pacific"),
        pytest.param("July 2, 2025 1:05 p.m. ET", "2025-07-02T13:05:00-04:00", id="eastern summer"),
        pytest.param("10:15 AM EDT, April 24, 2024", "2024-04-24T10:15:00-04:00", id="time first"),
        pytest.param("Sun, 02 Nov 2025 06:12:00 +0100", "2025-11-02T06:12:00+01:00", id="rfc 2822"),
        pytest.param("4 March 2025, 02:00 GMT+7", "2025-03-04T02:00:00+07:00", id="gmt plus"),
        pytest.param("March 4, 2025, 02:00 (GMT+7)", "2025-03-04T02:00:00+07:00", id="in brackets"),
        pytest.param("4 March 2025, 02:00 UTC+7", "2025-03-04T02:00:00+07:00", id="utc plus"),
        pytest.param("4 March 2025, 02:00 GMT-5", "2025-03-04T02:00:00-05:00", id="gmt minus"),
        pytest.param(
            "4 March 2025, 02:00 UTC\u22125", "2025-03-04T02:00:00-05:00", id="minus sign"
        ),
        pytest.param("4 March 2025 2:00 UTC+05:30", "2025-03-04T02:00:00+05:30", id="half an hour"),
        pytest.param("4 March 2025, 02:00 GMT +0700", "2025-03-04T02:00:00+07:00", id="no colon"),
        pytest.param("4 March 2025, 02:00 GMT - 12 min", "2025-03-04T02:00:00+00:00", id="dash"),
        pytest.param("2nd of November 2025", "2025-11-02", id="ordinal"),
        pytest.param("2. November 2025, 14:30 Uhr", "2025-11-02T14:30:00", id="german"),
        pytest.param("le 2 novembre 2025 à 14h30", "2025-11-02T14:30:00", id="french"),
        pytest.param("2 de noviembre de 2025", "2025-11-02", id="spanish"),
        pytest.param("2 ноября 2025", "2025-11-02", id="russian"),
        pytest.param("ngày 2 tháng 11 năm 2025", "2025-11-02", id="vietnamese"),
        pytest.param("2025年11月2日", "2025-11-02", id="japanese"),
        pytest.param("2025년 11월 2일 06:12", "2025-11-02T06:12:00", id="korean"),
        pytest.param("02.11.2025", "2025-11-02", id="day first by dots"),
        pytest.param("11/22/2025", "2025-11-22", id="month first by necessity"),
        pytest.param("22/11/2025", "2025-11-22", id="day first by necessity"),
    ],
)
def test_date_is_read_however_it_is_written(text, iso):
    assert parse_date(text) == ParsedDate(iso, is_ambiguous=False)


@pytest.mark.parametrize(
    "text",
    [
        "on December 18",
        "3 hours ago",
        "yesterday",
        "in 2025",
        "November 2025",
        "30 February 2025",
        "1970-01-01T00:00:00Z",
        "2025-13-40",
        "version 1.2.2025.1",
        "",
        "9" * 1000,
    ],
)
def test_no_date_is_made_up(text):
    assert parse_date(text) is None


def test_date_that_may_be_two_days_is_marked_a_guess():
    field = dated_field("02/11/2025", Source.META, 0.9)

    assert field == Field("2025-11-02", Source.GUESS, 0.45)


def test_day_comes_first_where_no_reader_puts_the_month_first():
    doubtful = ParsedDate("2025-11-02", is_ambiguous=True)

    assert parse_date("02-11-2025") == doubtful
    assert parse_date("02-11-2025", "en-GB") == doubtful
    assert parse_date("02-11-2025", "nl") == ParsedDate("2025-11-02", is_ambiguous=False)


def test_text_around_a_date_is_given_without_its_time():
    found = parse_date("By Ann Lee, November 2, 2025 at 06:12 am PT, 5 min")

    assert found is not None
    assert found.rest.split() == ["By", "Ann", "Lee,", "at", ",", "5", "min"]


def test_only_more_than_two_days_after_receipt_is_the_future():
    received = datetime(2025, 11, 2, 23, tzinfo=UTC)

    assert not is_in_future("2025-11-04T09:00:00+07:00", received)
    assert is_in_future("2025-11-05", received)
    assert not is_in_future("2099-01-01", None)


@pytest.mark.parametrize(
    ("url", "iso"),
    [
        pytest.param("https://example.org/2025/11/02/bridge.html", "2025-11-02", id="slashes"),
        pytest.param("https://example.org/news/20251102/bridge", "2025-11-02", id="compact"),
        pytest.param("https://example.org/2025-11-02-bridge", "2025-11-02", id="dashes"),
        pytest.param("https://example.org/story/20259999", None, id="number"),
        pytest.param("https://example.org/2025/11/bridge", None, id="month only"),
        pytest.param(None, None, id="none"),
    ],
)
def test_date_in_an_address(url, iso):
    found = date_in_url(url)

    assert (found.value if found else None) == iso

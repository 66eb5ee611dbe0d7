from datetime import UTC, datetime

import pytest

from services.extract.cleaning.foreign_dates import parse_ago, parse_foreign_date

_BASE = datetime(2025, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "language", "iso"),
    [
        ("2 Νοεμβρίου 2025", "el", "2025-11-02"),
        ("2025. november 2.", "hu", "2025-11-02"),
        ("2 ноември 2025 г. 06:12", "bg", "2025-11-02T06:12:00"),
        ("Đăng: 2 tháng mười một 2025", "xx", None),
        ("2 novembre 2025", None, None),
        ("of 12 countries in 2019", "en", None),
        ("2025", "el", None),
        ("31 Φεβρουαρίου 2025", "el", None),
    ],
)
def test_named_month_is_read_in_the_language_of_the_page(text, language, iso):
    found = parse_foreign_date(text, language)

    assert (found.iso if found else None) == iso


@pytest.mark.parametrize(
    ("text", "language", "iso"),
    [
        ("3 hours ago", "en", "2025-11-02T09:00:00+00:00"),
        ("3 giờ trước", "vi", "2025-11-02T09:00:00+00:00"),
        ("vor 2 Tagen", "de-DE", "2025-10-31T12:00:00+00:00"),
        ("in 3 hours", "en", None),
        ("5 min read", "en", None),
        ("12 comments", "en", None),
        ("2 years ago", "en", None),
        ("3 hours ago", "xx", None),
    ],
)
def test_relative_date_is_counted_back_from_the_base(text, language, iso):
    assert parse_ago(text, language, _BASE) == iso

"""Which agency an article credits, and where."""

import pytest

from services.extract.crediting import fields_with_credit
from shared.model import CleanArticle, Field, Source

BODY = (
    "The bridge over the Aske was opened on Monday, the mayor of Tolby said.\n\n"
    "It had been closed since the flood in spring.\n\nFour thousand people came."
)


def _agency(text: str, authors: tuple[str, ...] = (), **fields: Field):
    return fields_with_credit(CleanArticle(text, fields, authors)).get("agency")


@pytest.mark.parametrize(
    ("text", "agency", "words"),
    [
        pytest.param(f"WASHINGTON (Reuters) — {BODY}", "Reuters", "Reuters", id="dateline"),
        pytest.param(f"Hà Nội (TTXVN) - {BODY}", "VNA", "TTXVN", id="vietnamese-dateline"),
        pytest.param(f"By Associated Press\n\n{BODY}", "AP", "Associated Press", id="byline"),
        pytest.param(f"{BODY} (AP)", "AP", "AP", id="closing-brackets"),
        pytest.param(f"{BODY}\n\nYonhap", "Yonhap", "Yonhap", id="line-of-its-own"),
        pytest.param(f"{BODY}\n\nTheo TTXVN", "VNA", "TTXVN", id="according-to"),
        pytest.param(f"{BODY}\n\nAFP contributed to this report.", "AFP", "AFP", id="contributed"),
        pytest.param(
            f"{BODY}\n\nAssociated Press writers Ann Vale and Jo Fen contributed to this report.",
            "AP",
            "Associated Press",
            id="writers-contributed",
        ),
        pytest.param(
            f"{BODY}\n\nAdditional reporting by Agence France-Presse.",
            "AFP",
            "Agence France-Presse",
            id="additional-reporting",
        ),
    ],
)
def test_a_credit_is_found_with_its_place(text: str, agency: str, words: str):
    found = _agency(text)
    assert found is not None
    evidence = found["evidence"]
    assert (found["value"], found["source"]) == (agency, "text")
    assert text[evidence["start"] : evidence["end"]] == evidence["text"] == words


def test_an_agency_among_the_authors_is_a_credit_with_its_place_among_them():
    authors = ("Jo Fen", "Associated Press")
    found = _agency(BODY, authors)
    assert found is not None
    evidence = found["evidence"]
    assert (found["value"], evidence["field"]) == ("AP", "authors")
    assert ", ".join(authors)[evidence["start"] : evidence["end"]] == "Associated Press"


def test_what_cleaning_found_stays_and_gets_its_place():
    stated = Field("AFP", Source.META, 0.95)
    found = _agency(f"{BODY}\n\nAFP", agency=stated)
    assert found is not None
    assert (found["source"], found["confidence"]) == ("meta", 0.95)
    assert found["evidence"]["text"] == "AFP"
    assert "evidence" not in _agency(BODY, agency=stated)
    assert "evidence" not in _agency(f"{BODY}\n\nYonhap", agency=stated)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BODY, id="none"),
        pytest.param(f"{BODY}\n\nThe minister told Reuters that he would stay.", id="quoted"),
        pytest.param(f"{BODY}\n\nVolunteers contributed to this report of the WHO.", id="nobody"),
        pytest.param(f"Xinhua reported that {BODY}", id="reported-elsewhere"),
        pytest.param("", id="empty"),
    ],
)
def test_an_agency_that_is_only_spoken_of_is_no_credit(text: str):
    assert _agency(text) is None

"""Tags with levels and evidence, on texts of our own."""

import pytest

from shared.model import Readable, Tag
from shared.query import analyse
from shared.topics import load_taxonomy, tag_article

TAXONOMY = load_taxonomy()
FILLER = "The harbour master spoke about ferries, cranes and the weather of the week. " * 12


def tags(text: str, title: str = "") -> dict[str, Tag]:
    return {tag.topic: tag for tag in tag_article(TAXONOMY, analyse(Readable(title, text)))}


@pytest.mark.parametrize(
    ("title", "text", "level"),
    [
        pytest.param("Talks on UNCLOS", FILLER, "about", id="title"),
        pytest.param("", "UNCLOS was named. " + FILLER, "about", id="lead"),
        pytest.param("", FILLER + "UNCLOS was named.", "mention", id="once-at-the-end"),
        pytest.param("", FILLER + "UNCLOS, they said, UNCLOS.", "about", id="twice-at-the-end"),
    ],
)
def test_the_level_tells_a_passing_mention_from_the_subject(title, text, level):
    assert tags(text, title)["law-of-the-sea"].level == level


def test_overlapping_evidence_counts_once():
    text = FILLER + "They named the Convention on the Law of the Sea."
    assert tags(text)["law-of-the-sea"].level == "mention"


def test_all_evidence_quotes_its_field():
    title = "Dioxin clean-up: “Đà Nẵng” praised"
    text = "The U.S.–Vietnam dioxin clean‑up goes on.\n\nUXO clearance was named in Biên Hòa too."
    found = tags(text, title)
    assert {"dioxin-remediation", "uxo-clearance"} <= set(found)
    for tag in found.values():
        assert tag.evidence
        for span in tag.evidence:
            value = title if span.field == "title" else text
            assert value[span.start : span.end] == span.text


def test_evidence_is_in_reading_order_and_given_once():
    found = tags("UNCLOS. UNCLOS. UNCLOS. UNCLOS.", "On the Law of the Sea")["law-of-the-sea"]
    assert [(span.field, span.start) for span in found.evidence] == [
        ("title", 7),
        ("text", 0),
        ("text", 8),
        ("text", 16),
    ]


def test_an_excluded_context_blocks_the_tag():
    text = "Addressing war legacies matters. The arms race was a Cold War legacy."
    assert "war-legacy-remediation" not in tags(text)
    assert "war-legacy-remediation" in tags(text.partition(". ")[0])


def test_an_article_about_nothing_listed_has_no_tags():
    assert tags(FILLER, "Ferries") == {}


def test_the_order_of_topics_is_that_of_the_taxonomy():
    text = "UNCLOS, cybersecurity, UXO clearance, dioxin clean-up."
    found = [tag.topic for tag in tag_article(TAXONOMY, analyse(Readable("", text)))]
    assert found == [topic for topic in TAXONOMY.topics if topic in found]
    assert len(found) == 4


def test_a_topic_that_only_furniture_names_is_no_topic_of_the_article():
    block = "More on UNCLOS and dioxin clean-up"
    text = f"{FILLER}{block}\n\n{FILLER}UNCLOS was named."
    span = (text.index(block), text.index(block) + len(block))
    found = {
        tag.topic: tag
        for tag in tag_article(TAXONOMY, analyse(Readable("", text, furniture=(span,))))
    }

    assert "dioxin-remediation" in tags(text)
    assert "dioxin-remediation" not in found
    assert found["law-of-the-sea"].level == "mention"
    assert [one.start for one in found["law-of-the-sea"].evidence] == [text.rindex("UNCLOS")]

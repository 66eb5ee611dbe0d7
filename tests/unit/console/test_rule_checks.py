"""One query's mistakes, wherever it comes from."""

from services.console.rule_checks import query_errors

TOPICS = ("law-of-the-sea", "uxo-clearance")


def test_a_sound_query_has_no_mistake():
    assert query_errors("topic:uxo-clearance/about AND Hollin", TOPICS) == ()


def test_every_unknown_topic_is_named_with_its_place_and_the_nearest_known_one():
    first, second = query_errors("topic:uxo-clearence OR topic:law-of-the-see", TOPICS)

    assert (first.column, first.message) == (7, "unknown topic 'uxo-clearence'")
    assert (first.suggestion, second.suggestion) == (
        "write topic:uxo-clearance",
        "write topic:law-of-the-sea",
    )


def test_mistakes_of_syntax_come_first():
    assert [one.code for one in query_errors("(topic:nosuch", TOPICS)] != ["unknown-topic"]

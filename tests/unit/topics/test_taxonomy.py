"""The taxonomy is checked against its own examples before anything uses it."""

import time
from pathlib import Path

import pytest

from shared.query import parse
from shared.topics import Taxonomy, TaxonomyError, load_taxonomy

BRANCH = """
schema = 1
[[topic]]
id = "kites"
label = { en = "Kites" }
none = ['"kite surfing"']
must_match = ["A kite flew.", "The festival of paper dragons drew crowds."]
must_not_match = ["He went kite surfing.", "The dragon fruit is ripe."]
[topic.any]
kite = 'kite'
dragons = '"paper dragons"'
"""


def load(tmp_path: Path, *branches: str) -> Taxonomy:
    for number, text in enumerate(branches):
        (tmp_path / f"branch{number}.toml").write_text(text, encoding="utf-8")
    return load_taxonomy(tmp_path)


def errors_of(tmp_path: Path, *branches: str) -> str:
    with pytest.raises(TaxonomyError) as caught:
        load(tmp_path, *branches)
    return "\n".join(caught.value.errors)


def test_the_ten_topics_that_come_with_newswatch_pass_their_examples():
    topics = load_taxonomy().topics
    assert set(topics) == {
        "mia-recovery",
        "dioxin-remediation",
        "law-of-the-sea",
        "uxo-clearance",
        "war-legacy-remediation",
        "un-peacekeeping",
        "cyber-security",
        "maritime-security",
        "defence-cooperation",
        "strategic-partnership",
    }
    for topic in topics.values():
        assert set(topic.labels) == {"en", "vi"}
        assert len(topic.must_not_match) >= 10
        assert all(parse(one.text) for one in topic.expressions)


def test_loading_is_fast_enough_for_every_worker():
    load_taxonomy()
    started = time.process_time()
    load_taxonomy()
    assert time.process_time() - started < 1.5  # 0.07 s when measured alone on a quiet core


def test_a_branch_from_a_folder_is_added(tmp_path):
    taxonomy = load(tmp_path, BRANCH)
    assert "kites" in taxonomy.topics
    assert len(taxonomy.topics) == 11


def test_the_version_changes_with_any_byte_and_with_nothing_else(tmp_path):
    first = load(tmp_path, BRANCH).version
    assert load(tmp_path, BRANCH).version == first
    assert load(tmp_path, BRANCH + "# a remark\n").version != first
    assert load_taxonomy().version != first


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            '"A kite flew."', '"A boat sank."', 'must match "A boat sank."', id="must-match"
        ),
        pytest.param(
            '"The dragon fruit is ripe."',
            '"My kite broke."',
            'must not match "My kite broke.", but does (expression kite)',
            id="must-not-match",
        ),
        pytest.param(
            ', "The festival of paper dragons drew crowds."',
            "",
            "expression dragons needs a must_match text",
            id="expression-without-example",
        ),
        pytest.param('"He went kite surfing.", ', "", "none 1 needs a must_not_match", id="none"),
        pytest.param(
            '"A kite flew."',
            '"A kite flew.", "A kite surfing kite."',
            "but none 1 keeps it out",
            id="excluded-must-match",
        ),
        pytest.param("kite = 'kite'", "kite = 'kite OR'", "column 8", id="rule-error"),
        pytest.param("kite = 'kite'", "kite = 'topic:x'", "words only", id="topic-in-topic"),
        pytest.param('"kites"', '"Kites!"', "lower-case words joined by '-'", id="id"),
        pytest.param("schema = 1", "schema = 2", "expected schema = 1, found 2", id="schema"),
        pytest.param("none =", "non =", "unknown key 'non'", id="unknown-key"),
        pytest.param(
            'id = "kites"', 'id = "kites"\nbroader = "toys"', "toys is unknown", id="broader"
        ),
        pytest.param('id = "kites"', 'id = "kites"\nbroader = "kites"', "a circle", id="circle"),
        pytest.param('id = "kites"', 'id = "cyber-security"', "is also in", id="id-twice"),
        pytest.param('{ en = "Kites" }', "3", "expected label", id="label"),
        pytest.param(
            'id = "kites"', 'id = "kites"\niptc = { qcode = "x" }', "expected iptc", id="iptc"
        ),
        pytest.param("schema = 1", "schema = ", "not readable as TOML", id="toml"),
    ],
)
def test_a_faulty_branch_is_refused_with_the_reason(tmp_path, old, new, said):
    assert said in errors_of(tmp_path, BRANCH.replace(old, new))


def test_every_failing_example_is_named_at_once(tmp_path):
    text = BRANCH.replace("A kite flew.", "A boat sank.").replace("dragon fruit", "paper dragons")
    found = errors_of(tmp_path, text)
    assert "A boat sank." in found
    assert "The paper dragons is ripe." in found

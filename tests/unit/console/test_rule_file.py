"""watch_rules.toml: what it says, and what is refused where."""

import pytest

from services.console.rule_entries import RuleFileError, RuleFileProblem
from services.console.rule_file import parse_rule_file

TOPICS = ("law-of-the-sea", "uxo-clearance")
GOOD = '''schema = 1

[[channel]]
name = "desk"
kind = "file"
path = "alerts.jsonl"

[[channel]]
name = "hook"
kind = "webhook"
url = "https://example.org/hook"
secret_env = "HOOK_SECRET"

[[rule]]
name = "uxo"
owner = "anna"
query = "(UXO OR mine) AND clearance"

[[rule]]
name = "sea"
note = """
[[rule]] in a text is no table
query = "nor is this a key"
"""
query = """
UNCLOS
OR topic:law-of-the-sea
"""

[[subscription]]
subscriber = "anna"
rule = "uxo"
channel = ["desk", "hook"]
mode = "first"
old_material = true

[[subscription]]
subscriber = "anna"
topic = "uxo-clearance"
channel = "desk"
'''


def problems_of(text: str) -> tuple[RuleFileProblem, ...]:
    with pytest.raises(RuleFileError) as caught:
        parse_rule_file(text, "watch_rules.toml", TOPICS)
    return caught.value.errors


def test_a_file_gives_its_entries_in_order():
    read = parse_rule_file(GOOD, "watch_rules.toml", TOPICS)
    assert [(rule.name, rule.owner, rule.line) for rule in read.rules] == [
        ("uxo", "anna", 14),
        ("sea", None, 19),
    ]
    assert read.rules[1].query == "UNCLOS\nOR topic:law-of-the-sea\n"
    assert [(one.name, one.kind, one.path, one.secret_env) for one in read.channels] == [
        ("desk", "file", "alerts.jsonl", None),
        ("hook", "webhook", None, "HOOK_SECRET"),
    ]
    first, second = read.subscriptions
    assert (first.rule, first.channels, first.mode, first.old_material) == (
        "uxo",
        ("desk", "hook"),
        "first",
        True,
    )
    assert (second.rule, second.topic, second.channels) == (None, "uxo-clearance", ("desk",))
    assert (second.mode, second.old_material) == ("new", False)


def test_a_file_with_only_its_schema_is_empty():
    read = parse_rule_file("schema = 1\n", "watch_rules.toml", TOPICS)
    assert (read.rules, read.channels, read.subscriptions) == ((), (), ())


def test_a_mistake_in_a_query_is_shown_with_its_place_and_what_to_write():
    with pytest.raises(RuleFileError) as caught:
        parse_rule_file(
            GOOD.replace("mine) AND clearance", "mine AND clearance)"), "watch_rules.toml", TOPICS
        )
    assert str(caught.value) == (
        'watch_rules.toml:17: rule "uxo": column 14: AND and OR mixed without parentheses\n'
        "    (UXO OR mine AND clearance)\n"
        "                 ^^^\n"
        "write (UXO OR mine) AND clearance   or   UXO OR (mine AND clearance)"
    )


def test_a_mistake_in_a_query_of_several_lines_is_placed_in_its_own_line():
    (found,) = problems_of(GOOD.replace("OR topic:law-of-the-sea", "OR topic:law-of-the-see"))
    assert (found.line, found.column) == (27, 10)
    assert found.message == "rule \"sea\": column 10: unknown topic 'law-of-the-see'"
    assert found.suggestion == "write topic:law-of-the-sea"
    assert found.shown == ("    OR topic:law-of-the-see", "             " + "^" * 14)


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "suggestion"),
    [
        pytest.param("schema = 1", "", 1, "no schema is given", "write schema = 1", id="no-schema"),
        pytest.param("schema = 1", "schema = 2", 1, "schema is 2", "write schema = 1", id="schema"),
        pytest.param(
            'mode = "first"',
            'mode = "frist"',
            34,
            "unknown mode 'frist'",
            'write mode = "first"',
            id="mode",
        ),
        pytest.param(
            "old_material = true",
            "old_materal = true",
            35,
            "unknown key 'old_materal'",
            "write old_material",
            id="key",
        ),
        pytest.param(
            "old_material = true", "old_material = 1", 35, "not true or false", "", id="boolean"
        ),
        pytest.param(
            'rule = "uxo"',
            'rule = "uxi"',
            32,
            "unknown rule 'uxi'",
            'write rule = "uxo"',
            id="rule",
        ),
        pytest.param(
            '"uxo-clearance"',
            '"uxo-clearence"',
            39,
            "unknown topic",
            'write topic = "uxo-clearance"',
            id="topic",
        ),
        pytest.param(
            '["desk", "hook"]',
            '["desk", "hok"]',
            33,
            "unknown channel 'hok'",
            'write channel = "hook"',
            id="channel",
        ),
        pytest.param(
            'channel = "desk"', "", 37, "channel is missing", "write channel", id="no-channel"
        ),
        pytest.param(
            'topic = "uxo-clearance"',
            "",
            37,
            "needs a rule or a topic",
            "write rule =",
            id="neither",
        ),
        pytest.param(
            'rule = "uxo"',
            'rule = "uxo"\ntopic = "uxo-clearance"',
            30,
            "one of the two",
            "",
            id="both",
        ),
        pytest.param(
            'name = "sea"',
            'name = "uxo"',
            19,
            "rule 'uxo' is already in line 14",
            "",
            id="rule-twice",
        ),
        pytest.param(
            'name = "hook"', 'name = "desk"', 8, "channel 'desk' is already", "", id="channel-twice"
        ),
        pytest.param(
            'name = "sea"',
            'name = "The Sea"',
            20,
            "is not a name",
            'write name = "the-sea"',
            id="slug",
        ),
        pytest.param(
            'topic = "uxo-clearance"',
            'rule = "uxo"',
            37,
            "anna to uxo' is already in line 30",
            "",
            id="told-twice",
        ),
        pytest.param(
            'kind = "file"',
            'kind = "fiel"',
            5,
            "unknown kind 'fiel'",
            'write kind = "file"',
            id="kind",
        ),
        pytest.param('path = "alerts.jsonl"', "", 3, "path is missing", "write path", id="path"),
        pytest.param(
            'path = "alerts.jsonl"',
            'path = "a"\nurl = "https://x.org"',
            7,
            "a file channel has no url",
            "",
            id="foreign",
        ),
        pytest.param(
            "https://example.org/hook",
            "example.org",
            11,
            "url is no web address",
            "write url",
            id="url",
        ),
        pytest.param(
            'secret_env = "HOOK_SECRET"',
            "",
            8,
            "a webhook needs a secret",
            "write secret_env",
            id="no-secret",
        ),
        pytest.param(
            'secret_env = "HOOK_SECRET"',
            'secret = "abc"',
            12,
            "starts with whsec_",
            "write whsec_ and then what `openssl rand -base64 24` prints",
            id="secret",
        ),
        pytest.param('"HOOK_SECRET"', '"HOOK SECRET"', 12, "no variable name", "", id="variable"),
        pytest.param(
            '[[subscription]]\nsubscriber = "anna"\nrule',
            '[[subscriptions]]\nsubscriber = "anna"\nrule',
            30,
            "unknown table or key 'subscriptions'",
            "write [[subscription]]",
            id="table",
        ),
        pytest.param('owner = "anna"', "owner = 3", 16, "owner is not a text", "", id="type"),
        pytest.param(
            'query = "(UXO OR mine) AND clearance"', "", 14, "query is missing", "", id="no-query"
        ),
        pytest.param(
            '[[rule]]\nname = "uxo"',
            '[[rule]\nname = "uxo"',
            14,
            "not readable as TOML: the name of a table is not closed",
            "write [name] for a table, [[name]] for one of several",
            id="toml",
        ),
        pytest.param(
            'owner = "anna"',
            "owner = anna",
            16,
            "column 9: not readable as TOML: there is no value here that TOML knows",
            'texts stand in quotes: key = "…"',
            id="no-quotes",
        ),
        pytest.param(
            '["desk", "hook"]',
            '["Night Staff"]',
            33,
            "unknown channel 'Night Staff'",
            "write the channel, too:\n    [[channel]]\n"
            '    name = "night-staff"\n    kind = "file"\n    path = "night-staff.jsonl"',
            id="no-such-channel",
        ),
        pytest.param(
            GOOD,
            "schema = 1\nrule = 3",
            1,
            "'rule' is not a list of tables",
            "write [[rule]]",
            id="not-tables",
        ),
    ],
)
def test_a_mistake_is_refused_at_its_line(old, new, line, message, suggestion):
    assert old in GOOD
    found = problems_of(GOOD.replace(old, new, 1))
    assert any(
        one.line == line and message in one.message and one.suggestion.startswith(suggestion)
        for one in found
    ), found


def test_every_mistake_is_named_at_once_each_after_a_blank_line():
    text = (
        GOOD.replace('"frist"', "")
        .replace('rule = "uxo"', 'rule = "x"')
        .replace("UNCLOS\n", "UNCLOS sea\n")
    )
    with pytest.raises(RuleFileError) as caught:
        parse_rule_file(text, "watch_rules.toml", TOPICS)
    assert [error.line for error in caught.value.errors] == [26, 32]
    first, second = str(caught.value).split("\n\n")
    assert first.startswith("watch_rules.toml:26: ")
    assert second.startswith("watch_rules.toml:32: ")


@pytest.mark.parametrize(
    ("old", "new", "suggestion"),
    [
        pytest.param('query = "(UXO', 'qurey = "(UXO', "write query", id="query"),
        pytest.param('rule = "uxo"', 'rules = "uxo"', "write rule", id="rule"),
        pytest.param('channel = "desk"', 'chanel = "desk"', "write channel", id="channel"),
        pytest.param('path = "', 'pth = "', "write path", id="path"),
        pytest.param("url = ", "ulr = ", "write url", id="url"),
        pytest.param("secret_env", "secret_evn", "write secret_env", id="secret"),
    ],
)
def test_a_misspelt_key_is_one_mistake_and_not_a_missing_one_too(old, new, suggestion):
    (found,) = problems_of(GOOD.replace(old, new, 1))

    assert "unknown key" in found.message
    assert found.suggestion == suggestion


def test_a_refused_name_is_never_suggested_but_the_name_it_should_have():
    text = GOOD.replace('name = "uxo"', 'name = "UXO Mine"').replace(
        'rule = "uxo"', 'rule = "uxo-min"'
    )

    refused, unknown = problems_of(text)

    assert refused.suggestion == 'write name = "uxo-mine"'
    assert unknown.suggestion == 'write rule = "uxo-mine"'


def test_a_secret_is_not_shown_when_an_entry_is_printed():
    text = GOOD.replace('secret_env = "HOOK_SECRET"', 'secret = "whsec_c2VjcmV0"')
    read = parse_rule_file(text, "watch_rules.toml", TOPICS)
    assert read.channels[1].secret == "whsec_c2VjcmV0"
    assert "whsec" not in repr(read)


def test_very_many_mistakes_are_counted():
    text = "schema = 1\n" + '[[rule]]\nname = "Bad"\n' * 30
    with pytest.raises(RuleFileError, match="more mistakes"):
        parse_rule_file(text, "watch_rules.toml", TOPICS)

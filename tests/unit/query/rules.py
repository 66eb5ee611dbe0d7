"""Generated rules and texts over a small vocabulary, so that they often meet."""

from hypothesis import strategies as st

from shared.model import Readable

WORDS = (
    "mine",
    "mines",
    "bomb",
    "MIA",
    "Mia",
    "clean-up",
    "cleanup",
    "clean",
    "up",
    "remains",
    "US",
    "U.S.",
    "Đặng",
    "Dang",
    "dioxin",
    "dioxins",
    "sea",
)


def _terms() -> st.SearchStrategy[str]:
    phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(
        lambda w: f'"{" ".join(w)}"'
    )
    words = st.sampled_from(WORDS)
    exact = st.sampled_from([f"={word}" for word in ("MIA", "Mia", "US", "mine", "Dang")])
    prefix = st.sampled_from(["dio*", "min*", "clean*", "clean-u*", '"sea min*"', "đặn*"])
    any_case = st.sampled_from(["nocase(MIA)", "nocase(MIA OR US)"])
    return st.one_of(words, words, phrases, exact, prefix, any_case)


def _near(terms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operand = st.one_of(
        terms, st.lists(terms, min_size=2, max_size=3).map(lambda t: f"({' OR '.join(t)})")
    )
    reach = st.sampled_from(["NEAR/1", "NEAR/3", "PRE/1", "PRE/4", "NEAR/50", "NEAR/s", "PRE/p"])
    pair = st.tuples(operand, reach, operand).map(" ".join)
    return st.one_of(pair, st.tuples(pair, reach, operand).map(" ".join))


def rule_texts() -> st.SearchStrategy[str]:
    """Sources of rules: NOT, NEAR, fields, counts, conditions, duplicates; all of them parse."""
    terms = _terms()
    conditions = st.sampled_from(
        ["topic:uxo", "topic:uxo/about", "source:vna", 'source:("V N A" OR x)']
    )
    prox = st.one_of(terms, terms, _near(terms), conditions)

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        group = inner.map(lambda text: f"({text})")
        fields = st.tuples(st.sampled_from(["title:", "lead:", "body:"]), terms).map("".join)
        counts = st.tuples(st.integers(2, 3), st.lists(terms, min_size=1, max_size=3)).map(
            lambda c: f"ATLEAST/{c[0]}({' OR '.join(c[1])})"
        )
        item = st.one_of(prox, group, fields, counts)
        unwanted = st.one_of(prox, group, st.just("lang:vi")).map(lambda text: f"NOT {text}")
        both = st.tuples(
            st.lists(item, min_size=1, max_size=3), st.lists(unwanted, max_size=2)
        ).map(lambda parts: " AND ".join([*parts[0], *parts[1]]))
        return st.one_of(both, st.lists(item, min_size=2, max_size=3).map(" OR ".join))

    return st.recursive(prox, larger, max_leaves=5)


def articles() -> st.SearchStrategy[Readable]:
    """Articles of the same words, with shouted headlines, several sentences and paragraphs."""
    word = st.sampled_from([*WORDS, "the", "of", "MINE", "THE", "SEA", "and"])
    text = st.lists(
        st.tuples(word, st.sampled_from([" ", " ", " ", ". ", "\n\n", "-", ", "])), max_size=25
    )
    prose = text.map(lambda parts: "".join(word + gap for word, gap in parts))
    topics = st.sampled_from([{}, {"uxo": "mention"}, {"uxo": "about"}])
    return st.builds(
        Readable,
        title=st.one_of(st.just(""), prose),
        text=prose,
        outlet=st.sampled_from([None, "VNA", "x"]),
        language=st.sampled_from([None, "en", "vi"]),
        topics=topics,
    )

"""An index of rules: which of them could match an article at all.

Every rule stands under keys of which one must be in an article that it matches (the anchor); only
rules whose keys the article has are evaluated. A wrong frequency costs time, never a match.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from shared.query.checks import STOP_WORDS
from shared.query.compile import (
    AllOf,
    AnyOf,
    Compiled,
    CompiledRule,
    Condition,
    Count,
    Leaf,
    Proximity,
    WordForm,
)
from shared.query.evaluate import match
from shared.query.holding import outlet_names
from shared.query.text import AnalysedArticle
from shared.query.verdict import Outcome, Verdict

_NO_ANCHOR = ("*",)


class RuleSet:
    """An immutable set of compiled rules under one version number.

    *frequencies* says in how many articles a word stands, if known.
    """

    def __init__(
        self,
        version: int,
        rules: Mapping[int, CompiledRule],
        frequencies: Mapping[str, int] | None = None,
    ) -> None:
        self.version = version
        self.rules = dict(rules)
        self._frequencies = frequencies or {}
        self._words: dict[str, list[int]] = {}
        self._prefix_lengths: set[int] = set()
        for number, rule in self.rules.items():
            for key in anchors(rule.root, self._frequencies):
                self._words.setdefault(key, []).append(number)
                if key.endswith("*"):
                    self._prefix_lengths.add(len(key) - 1)

    def match(
        self, analysed: AnalysedArticle, only: Collection[int] | None = None
    ) -> list[tuple[int, Verdict]]:
        """Return the rules (of *only*, if given) that match or are undecided, by number."""
        numbers = self.candidates(analysed)
        wanted = numbers if only is None else numbers & set(only)
        return _matching(self.rules, wanted, analysed)

    def candidates(self, analysed: AnalysedArticle) -> set[int]:
        """Return the rules that have an anchor in the article: all that match, and few others."""
        found: set[int] = set()
        for key in self._keys_of(analysed):
            found.update(self._words.get(key, ()))
        return found

    def _keys_of(self, analysed: AnalysedArticle) -> Iterable[str]:
        words = analysed.keys
        yield from words
        yield "*"
        for length in self._prefix_lengths - {0}:
            yield from {f"{word[:length]}*" for word in analysed.vocabulary if len(word) >= length}
        yield from (f"topic:{topic}" for topic in analysed.article.topics)
        yield from (f"source:{name}" for name in outlet_names(analysed))


def match_naively(
    rules: Mapping[int, CompiledRule],
    analysed: AnalysedArticle,
    only: Collection[int] | None = None,
) -> list[tuple[int, Verdict]]:
    """Evaluate every rule: the oracle that the index must agree with."""
    return _matching(rules, set(rules) if only is None else set(rules) & set(only), analysed)


def _matching(
    rules: Mapping[int, CompiledRule], numbers: Iterable[int], analysed: AnalysedArticle
) -> list[tuple[int, Verdict]]:
    verdicts = ((number, match(rules[number], analysed)) for number in sorted(numbers))
    return [pair for pair in verdicts if pair[1].outcome is not Outcome.NOT_MATCHED]


def anchors(node: Compiled, frequencies: Mapping[str, int]) -> frozenset[str]:
    """Return keys of which at least one is in every article that *node* holds for."""
    match node:
        case Leaf():
            return _leaf_anchors(node, frequencies)
        case Condition(name, values):
            keys = (f"{name}:{value.partition('/')[0]}" for value in values)
            return frozenset(_NO_ANCHOR) if name == "lang" else frozenset(keys)
        case AnyOf(items) | Count(_, items):
            return frozenset().union(*(anchors(item, frequencies) for item in items))
        case AllOf(wanted):
            return _cheapest((anchors(item, frequencies) for item in wanted), frequencies)
        case Proximity(operands):
            each = (
                frozenset().union(*(_leaf_anchors(leaf, frequencies) for leaf in operand))
                for operand in operands
            )
            return _cheapest(each, frequencies)


def _cheapest(options: Iterable[frozenset[str]], frequencies: Mapping[str, int]) -> frozenset[str]:
    return min(options, key=lambda keys: sum(_cost(key, frequencies) for key in keys))


def _leaf_anchors(leaf: Leaf, frequencies: Mapping[str, int]) -> frozenset[str]:
    key = min((_word_key(form) for form in leaf.words), key=lambda key: _cost(key, frequencies))
    return frozenset((key,) if leaf.joined is None else (key, _word_key(leaf.joined)))


def _word_key(form: WordForm) -> str:
    return f"{form.folded}*" if form.prefix else form.key


def _cost(key: str, frequencies: Mapping[str, int]) -> float:
    """How many articles *key* may be in: counted if known, else longer words are rarer."""
    if key in frequencies:
        return frequencies[key]
    if key == "*":
        return 1e9
    if key in STOP_WORDS:
        return 100_000
    if ":" in key:
        return 500
    return 200 / len(key) if key.endswith("*") else 100 / (len(key) + 1)

"""Scores on labelled articles, when a folder with them is named; skipped aloud otherwise.

NEWSWATCH_EVAL_DIR: a folder with `dedup/` (articles.jsonl, labels.json, score.py).
NEWSWATCH_ARTICLES_DIR: a folder with five articles, files 000_*.txt to 004_*.txt.
"""

import importlib.util
import itertools
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.extract.events import (
    Link,
    Member,
    candidate_terms,
    connected_groups,
    profile_article,
    regroup,
    score_pair,
)
from services.extract.reuse import (
    COMMON_ARTICLES,
    Relation,
    Sighting,
    content_hash,
    fingerprints,
    furniture_spans,
    judge,
    judge_repeat,
    line_hashes,
    long_lines,
    relate,
    tokenize,
)

Relations = dict[tuple[int, int], Relation]
Postings = dict[int, list[int]]
Furniture = tuple[frozenset[int], frozenset[int]]
_ROUNDS = 5
_ARRIVED = date(2026, 1, 1)
_TRAPS = ("unrelated/shared_boilerplate", "unrelated/shared_page_furniture")
_SHARED_TERMS = 2
_BEST_CANDIDATES = 60
_PUBLISHED = {
    "000": date(2025, 5, 31),
    "001": date(2025, 11, 2),
    "002": date(2025, 11, 2),
    "003": date(2025, 11, 2),
    "004": date(2025, 12, 18),
}


def _folder(variable: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set: no labelled articles to score")
    return Path(value)


def _postings(rows: Iterable[Iterable[int]]) -> Postings:
    """Return the numbers of the articles that hold each hash."""
    postings: Postings = defaultdict(list)
    for number, hashes in enumerate(rows):
        for each in hashes:
            postings[each].append(number)
    return postings


def _days_apart(one: date | None, other: date | None) -> int | None:
    return None if one is None or other is None else abs((one - other).days)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


class Corpus:
    """Articles by number, with everything the link step knows of them."""

    def __init__(self, articles: list[dict[str, Any]]) -> None:
        self.articles = articles
        self.days = [_day(article["published"]) for article in articles]
        self.tokens = [tokenize(article["text"]) for article in articles]
        self.hashes = [content_hash(tokens) for tokens in self.tokens]
        self.profiles = [
            profile_article(article["title"], article["text"], day)
            for article, day in zip(articles, self.days, strict=True)
        ]

    def relations(self) -> Relations:
        """Relate every pair that shares a fingerprint or a line, and again as furniture is learnt.

        Copies tell what furniture is, and furniture what copies are, until nothing changes.
        """
        grams = _postings(map(fingerprints, self.tokens))
        lines = _postings(map(line_hashes, self._texts(), self.tokens))
        known: Furniture = frozenset(), frozenset()
        for _ in range(_ROUNDS):
            relations = self._relate(grams, *known)
            groups = self._copy_groups(relations)
            learnt = self._furniture(grams, groups), self._furniture(lines, groups)
            if learnt == known:
                break
            known = learnt
        return relations

    def _texts(self) -> list[str]:
        return [article["text"] for article in self.articles]

    def _relate(
        self, grams: Postings, furniture: frozenset[int], furniture_lines: frozenset[int]
    ) -> Relations:
        pairs = self._equal_texts()
        lines = _postings(map(long_lines, self._texts(), self.tokens))
        for postings, known in ((grams, furniture), (lines, furniture_lines)):
            for each, numbers in postings.items():
                if each not in known and len(numbers) <= COMMON_ARTICLES:
                    pairs.update(itertools.combinations(numbers, 2))
        masks = [
            furniture_spans(text, tokens, furniture, furniture_lines)
            for text, tokens in zip(self._texts(), self.tokens, strict=True)
        ]
        related = (
            ((a, b), relate(self.tokens[a], self.tokens[b], masks[a], masks[b])) for a, b in pairs
        )
        return {
            pair: relation
            for pair, relation in related
            if relation and not self._is_own_furniture(*pair, relation)
        }

    def _is_own_furniture(self, a: int, b: int, relation: Relation) -> bool:
        outlets = {self.articles[number]["source"] for number in (a, b)}
        if len(outlets) > 1 or None in outlets:
            return False
        return judge_repeat(relation, _days_apart(self.days[a], self.days[b])) is not None

    def _equal_texts(self) -> set[tuple[int, int]]:
        by_hash = defaultdict(list)
        for number, value in enumerate(self.hashes):
            by_hash[value].append(number)
        return {pair for same in by_hash.values() for pair in itertools.combinations(same, 2)}

    def _copy_groups(self, relations: Relations) -> dict[int, int]:
        numbers = range(len(self.articles))
        copies = [pair for pair, relation in relations.items() if relation.kind.is_copy]
        groups = connected_groups(numbers, copies)
        return {number: min(group) for group in groups for number in group}

    def _furniture(self, postings: Postings, groups: dict[int, int]) -> frozenset[int]:
        return frozenset(
            each
            for each, numbers in postings.items()
            if judge(
                Sighting(n, self.articles[n]["source"], self.days[n], _ARRIVED, groups[n])
                for n in numbers
            )
        )

    def event_candidates(self) -> Iterator[tuple[int, int]]:
        """Pairs that share at least two terms, the best sixty for the later article of each."""
        postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, profile in enumerate(self.profiles):
            shared: Counter[int] = Counter()
            weight: defaultdict[int, float] = defaultdict(float)
            for term in candidate_terms(profile):
                for other, other_weight in postings[term.term]:
                    shared[other] += 1
                    weight[other] += term.weight + other_weight
                postings[term.term].append((number, term.weight))
            found = [other for other, count in shared.items() if count >= _SHARED_TERMS]
            for other in sorted(found, key=lambda each: -weight[each])[:_BEST_CANDIDATES]:
                yield other, number

    def stories(self, relations: Relations) -> dict[str, str]:
        """Group all articles and return the story of each by its id in the labels."""
        links = []
        for a, b in set(self.event_candidates()) | set(relations):
            score = score_pair(self.profiles[a], self.profiles[b])
            relation = relations.get((a, b))
            kind = relation.kind if relation else None
            links.append(Link(a, b, score.probability, kind, score.days_apart))
        members = [Member(n, value, n, None) for n, value in enumerate(self.hashes)]
        assignments = regroup(members, links).assignments
        return {self.articles[n]["id"]: str(story) for n, story in assignments.items()}


@pytest.fixture(scope="module")
def scores():
    folder = _folder("NEWSWATCH_EVAL_DIR") / "dedup"
    lines = (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    corpus = Corpus([json.loads(line) for line in lines])
    relations = corpus.relations()
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    scorer = _scorer(folder / "score.py")
    ids = [article["id"] for article in corpus.articles]
    pairs = [
        {
            "a": ids[a],
            "b": ids[b],
            "relation": str(relation.kind),
            "passages_in_a": relation.passages_self,
            "passages_in_b": relation.passages_other,
        }
        for (a, b), relation in relations.items()
    ]
    by_pair, table, characters = scorer.score_pairs(pairs, labels)
    return {
        **by_pair,
        **scorer.score_stories(corpus.stories(relations), labels["clusters"]),
        "traps": {kind: _wrongly_linked(table, kind) for kind in _TRAPS},
        "passages": {kind: _shares(rows) for kind, rows in characters.items()},
    }


def _wrongly_linked(table: Counter[tuple[str, str]], kind: str) -> int:
    return sum(n for (label, said), n in table.items() if label == kind and said != "-")


def _shares(rows: list[tuple[int, int, int]]) -> tuple[float, float]:
    """Return the recall and precision of characters."""
    hit, wanted, had = (sum(column) for column in zip(*rows, strict=True))
    return hit / wanted, hit / had if had else 0.0


def _scorer(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("dedup_scorer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("measure", "least"),
    [
        pytest.param("copy (exact+near+contained) P/R/F1", 0.994, id="copies"),
        pytest.param("exact exactly P/R/F1", 0.995, id="exact-copies"),
        pytest.param("near_duplicate exactly P/R/F1", 0.956, id="near-duplicates"),
        pytest.param("contained exactly P/R/F1", 0.942, id="contained"),
        pytest.param("any text reuse P/R/F1", 0.984, id="any-reuse"),
        pytest.param("bcubed P/R/F1", 0.89, id="stories"),
    ],
)
def test_labelled_articles_are_grouped_well_enough(scores, measure, least):
    print(f"\n{measure}: " + " ".join(f"{value:.3f}" for value in scores[measure]))
    assert scores[measure][2] >= least


@pytest.mark.parametrize(
    ("kind", "recall", "precision"),
    [
        pytest.param("block", 0.949, 0.856, id="block"),
        pytest.param("block-edited", 0.984, 0.818, id="edited-block"),
        pytest.param("scattered", 0.893, 0.716, id="scattered-sentences"),
        pytest.param("quote", 0.962, 0.695, id="one-quotation"),
    ],
)
def test_passages_are_found_to_the_character(scores, kind, recall, precision):
    found = scores["passages"][kind]
    print(f"\npassage characters, {kind}: recall {found[0]:.3f} precision {found[1]:.3f}")
    assert found[0] >= recall
    assert found[1] >= precision


@pytest.mark.parametrize("kind", _TRAPS)
def test_pages_that_share_only_furniture_are_not_linked(scores, kind):
    assert scores["traps"][kind] == 0


def test_no_stranger_is_drawn_into_a_labelled_story(scores):
    assert scores["unlabelled articles drawn into a gold story"] == 0


@pytest.mark.parametrize("has_dates", [True, False], ids=["with-dates", "without-dates"])
def test_the_five_articles_make_three_stories_in_any_order(has_dates):
    folder = _folder("NEWSWATCH_ARTICLES_DIR")
    texts = {path.name[:3]: path.read_text(encoding="utf-8") for path in folder.glob("00?_*.txt")}
    names = sorted(texts)
    assert names == sorted(_PUBLISHED)
    profiles = [profile_article("", texts[n], _PUBLISHED[n] if has_dates else None) for n in names]
    tokens = [tokenize(texts[name]) for name in names]
    links = []
    for a, b in itertools.combinations(range(5), 2):
        score = score_pair(profiles[a], profiles[b])
        relation = relate(tokens[a], tokens[b])
        kind = relation.kind if relation else None
        links.append(Link(a, b, score.probability, kind, score.days_apart))
    for order in itertools.permutations(range(5)):
        members = [Member(n, content_hash(tokens[n]), at, None) for at, n in enumerate(order)]
        random.Random(str(order)).shuffle(links)
        stories = defaultdict(set)
        for number, story in regroup(members, links).assignments.items():
            stories[story].add(names[number])
        assert sorted(map(sorted, stories.values())) == [["000"], ["001", "002", "003"], ["004"]]

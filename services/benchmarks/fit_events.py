"""Fit the weights of the same-event score to labelled articles; print them as weights.toml.

Run as `python -m services.benchmarks.fit_events FOLDER`. Nothing is written and nothing is taken
over: a person reads the figures and gives the new weights a version. docs/stories.md says what a
folder holds and what the figures mean. Equal articles give equal digits.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.benchmarks.bcubed import BCubed, score_bcubed
from services.benchmarks.labelled_stories import LabelledStories, Pair, load_labelled_stories
from services.benchmarks.logistic import Observation, fit_logistic
from services.extract.events import (
    EventProfile,
    EventWeights,
    Link,
    Member,
    candidate_terms,
    compare_profiles,
    profile_article,
    regroup,
    score_pair,
    shipped_weights,
)
from services.extract.reuse import RelationKind
from shared.errors import NewswatchError

# A wrong link harms two stories, a missing one is mended by the next article: so a pair of two
# events counts four times as much as one of the same.
NEGATIVES_COUNT = 4.0
RIDGE = 1.0
FOLDS = 10
SEED = 1
_SHARED_TERMS = 2
_BEST_CANDIDATES = 60


@dataclass(frozen=True, slots=True)
class Corpus:
    """Profiled articles, and the likenesses of every pair that the product would compare."""

    stories: LabelledStories
    profiles: tuple[EventProfile, ...]
    likenesses: Mapping[Pair, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Figures:
    """B-cubed of one time policy, with weights fitted on all topics and on the other folds."""

    policy: str
    fitted: BCubed
    held_out: BCubed


def profile_corpus(stories: LabelledStories) -> Corpus:
    """Profile all articles and compare all pairs that share enough terms, or are copies."""
    profiles = tuple(profile_article(a.title, a.text, a.published) for a in stories.articles)
    pairs = sorted(set(_candidates(profiles)) | stories.copies)
    return Corpus(
        stories, profiles, {(a, b): compare_profiles(profiles[a], profiles[b]) for a, b in pairs}
    )


def fit_weights(corpus: Corpus, without: frozenset[str] = frozenset()) -> EventWeights:
    """Return the shipped weights with intercept and likenesses fitted, time policy untouched.

    Pairs count that touch a labelled story and are no copies (their words tell of those); topics
    of *without* are left out.
    """
    observations = [
        Observation(tuple(values.values()), is_one, 1.0 if is_one else NEGATIVES_COUNT)
        for pair, values in corpus.likenesses.items()
        if (is_one := _is_one_story(corpus, pair, without)) is not None
    ]
    intercept, *found = fit_logistic(observations, RIDGE)
    names = next(iter(corpus.likenesses.values()))
    rounded = {name: round(value, 2) for name, value in zip(names, found, strict=True)}
    return dataclasses.replace(
        shipped_weights(), version="unversioned", intercept=round(intercept, 2), weights=rounded
    )


def _is_one_story(corpus: Corpus, pair: Pair, without: frozenset[str]) -> bool | None:
    """Tell whether a pair is of one story; None for a pair that is not to be learned from."""
    one, other = (corpus.stories.articles[number] for number in pair)
    is_labelled = one.story is not None or other.story is not None
    if not is_labelled or pair in corpus.stories.copies:
        return None
    return None if _touches(corpus, pair, without) else one.story == other.story


def topic_folds(stories: LabelledStories) -> tuple[frozenset[str], ...]:
    """Deal the topics into ten folds: events of one kind are held out together."""
    topics = sorted({article.topic for article in stories.articles if article.topic is not None})
    random.Random(SEED).shuffle(topics)  # noqa: S311  (nothing is kept secret here)
    return tuple(frozenset(topics[fold::FOLDS]) for fold in range(min(FOLDS, len(topics))))


def measure(corpus: Corpus, fitted: EventWeights) -> list[Figures]:
    """Group the corpus under each time policy, with *fitted* weights and with held-out ones."""
    folds = topic_folds(corpus.stories)
    by_fold = [(fold, fit_weights(corpus, fold)) for fold in folds]
    held_out = {
        pair: next((weights for fold, weights in by_fold if _touches(corpus, pair, fold)), fitted)
        for pair in corpus.likenesses
    }
    everywhere = dict.fromkeys(corpus.likenesses, fitted)
    return [
        Figures(policy, *(_bcubed(corpus, weights, policy) for weights in (everywhere, held_out)))
        for policy in POLICIES
    ]


def _as_set(weights: EventWeights) -> EventWeights:
    return weights


def _without_penalty(weights: EventWeights) -> EventWeights:
    return dataclasses.replace(weights, no_date=0.0)


def _without_time(weights: EventWeights) -> EventWeights:
    return dataclasses.replace(weights, no_date=0.0, texts_agree=0.0, text_days_far=0.0)


POLICIES = {
    "as set": _as_set,
    "no penalty for missing dates": _without_penalty,
    "no time used": _without_time,
}


def _bcubed(corpus: Corpus, weights: Mapping[Pair, EventWeights], policy: str) -> BCubed:
    profiles = corpus.profiles
    if policy == "no time used":
        profiles = tuple(dataclasses.replace(each, published_day=None) for each in profiles)
    links = []
    for pair, own in weights.items():
        score = score_pair(profiles[pair[0]], profiles[pair[1]], POLICIES[policy](own))
        kind = RelationKind.EXACT if pair in corpus.stories.copies else None
        links.append(Link(*pair, score.probability, kind, score.days_apart))
    members = [Member(number, f"{number:09}", number, None) for number in range(len(profiles))]
    gold = {n: a.story for n, a in enumerate(corpus.stories.articles) if a.story is not None}
    return score_bcubed(regroup(members, links).assignments, gold)


def _touches(corpus: Corpus, pair: Pair, topics: frozenset[str]) -> bool:
    return any(corpus.stories.articles[number].topic in topics for number in pair)


def _candidates(profiles: Sequence[EventProfile]) -> Iterator[Pair]:
    """Pairs that share at least two terms, the best sixty for the later article of each."""
    postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, profile in enumerate(profiles):
        shared: Counter[int] = Counter()
        weight: defaultdict[int, float] = defaultdict(float)
        for term in candidate_terms(profile):
            for other, other_weight in postings[term.term]:
                shared[other] += 1
                weight[other] += term.weight + other_weight
            postings[term.term].append((number, term.weight))
        found = [other for other, count in shared.items() if count >= _SHARED_TERMS]
        best = sorted(found, key=lambda other: (-weight[other], other))
        yield from ((other, number) for other in best[:_BEST_CANDIDATES])


def report(weights: EventWeights, figures: Sequence[Figures]) -> str:
    """Return *weights* as the first half of weights.toml, with the figures as comments."""
    lines = ["# BCubed precision / recall / F1: fitted on all; each topic by the other folds' fit"]
    lines += [f"# {each.policy}: {each.fitted}; {each.held_out}" for each in figures]
    lines += [f'version = "{weights.version}"', f"intercept = {weights.intercept:.2f}", ""]
    lines += ["[weights]", *(f"{name} = {value:.2f}" for name, value in weights.weights.items())]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print; exit code 2 when the folder does not hold what it must."""
    parser = argparse.ArgumentParser(prog="python -m services.benchmarks.fit_events")
    parser.add_argument("folder", type=Path, help="articles.jsonl and labels.json")
    try:
        corpus = profile_corpus(load_labelled_stories(parser.parse_args(arguments).folder))
        weights = fit_weights(corpus)
    except (NewswatchError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(report(weights, measure(corpus, weights)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

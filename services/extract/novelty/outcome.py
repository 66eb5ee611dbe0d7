"""The outcome of an article against what the same outlet brought before, and corrections. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.extract.novelty.sentences import Sentence, SentenceIndex, split_sentences
from services.extract.reuse import Relation, RelationKind
from shared.query.folding import plain_name

# A shared title alone ("Morning briefing") makes a revision only with this much text in common;
# on another day the same address needs as much, and the same title more: that is the next edition.
_NEEDS_COVERAGE = 0.30
_NEXT_DAY_TITLE_NEEDS_COVERAGE = 0.60
_NEXT_EDITION = timedelta(hours=18)
_PAIRED = 0.40
_CORRECTION = re.compile(
    r"\A\W{0,3}(?:correction|corrected|corrects|clarification|correction and clarification)\b"
    r"|\b(?:correction|corrected|clarification)\W{0,3}\Z"
    r"|\bthis (?:article|story|report|version|post) (?:has been|was|is) (?:corrected|amended)\b"
    r"|\ban earlier version of this (?:article|story|report)\b",
    re.IGNORECASE,
)
_FIRST_LINE_CHARACTERS = 300


class Outcome(StrEnum):
    """What an article is to the articles of its own outlet."""

    NEW = "new"
    EXACT_COPY = "exact_copy"
    REVISION = "revision"


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What the outcome is decided on; None where unknown. `at` is the date if it may decide."""

    outlet: str | None
    url: str | None
    title: str | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RelatedArticle:
    """An earlier article that shares words; `relation` is seen from the new article."""

    article_id: int
    facts: ArticleFacts
    relation: Relation


@dataclass(frozen=True, slots=True)
class OutcomeDecision:
    """The outcome, why, and the article it refers to (None for `new` without a twin)."""

    outcome: Outcome
    reason: str
    article_id: int | None


@dataclass(frozen=True, slots=True)
class Recleaned:
    """An article is *article_id* cleaned again: by which cleaner, and by which before."""

    article_id: int
    cleaner: str
    cleaner_before: str

    @property
    def reason(self) -> str:
        """Why it is a revision, in words."""
        return f"cleaned again: cleaner {self.cleaner} instead of {self.cleaner_before}"


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """A sentence that differs between two versions: its place in each, None where absent."""

    before: tuple[int, int] | None
    after: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Correction:
    """The hint that an article corrects what was told, why, and what changed."""

    reason: str
    changes: tuple[SentenceChange, ...]


def decide_outcome(
    article: ArticleFacts,
    related: Sequence[RelatedArticle],
    recleaned: Recleaned | None = None,
) -> OutcomeDecision:
    """Decide what *article* is, given the earlier articles that share words with it, oldest first.

    What was *recleaned* is a revision of what it was before, whatever the two say of themselves.

    exact_copy: the same words from the same outlet (or both outlets unknown), referring to the
    oldest. revision: same outlet and same URL or title, with text in common, referring to the
    latest; a text that shares less than 30 % with what stood at its address 18 hours before, or
    less than 60 % under its title, is the next edition and no revision. Equal text from another
    outlet is `new`; its relation says the rest.
    """
    if recleaned is not None:
        return OutcomeDecision(Outcome.REVISION, recleaned.reason, recleaned.article_id)
    equal = [each for each in related if each.relation.kind is RelationKind.EXACT]
    for each in equal:
        if reason := _copy_reason(article, each.facts):
            return OutcomeDecision(Outcome.EXACT_COPY, reason, each.article_id)
    for each in reversed(related):
        if reason := _revision_reason(article, each):
            return OutcomeDecision(Outcome.REVISION, reason, each.article_id)
    if equal:
        reason = _other_reason(article, equal[0].facts)
        return OutcomeDecision(Outcome.NEW, reason, equal[0].article_id)
    return OutcomeDecision(Outcome.NEW, "no earlier version of it", None)


def find_correction(
    title: str | None,
    text: str,
    changes: Sequence[SentenceChange] = (),
    *,
    is_revision: bool = False,
) -> Correction | None:
    """Tell whether an article corrects: it is a revision, or its title or first line says so.

    *changes* are the sentences in which it differs from the version it replaces; a revision that
    changes no sentence corrects nothing.
    """
    first_line = text.lstrip().partition("\n")[0][:_FIRST_LINE_CHARACTERS]
    if any(_CORRECTION.search(line.strip()) for line in (title or "", first_line)):
        return Correction("its title or first line says so", tuple(changes))
    if is_revision and changes:
        return Correction("a revision with changed sentences", tuple(changes))
    return None


def compare_sentences(before: str, after: str) -> tuple[SentenceChange, ...]:
    """List the sentences that differ between two versions, in the order of the later text.

    A rewritten sentence is paired with the one it replaces when the two say much the same;
    sentences that were only moved do not differ.
    """
    old, new = split_sentences(before), split_sentences(after)
    old_words, new_words = {each.words for each in old}, {each.words for each in new}
    gone = [each for each in old if each.words not in new_words]
    index = SentenceIndex(gone)
    paired: set[int] = set()
    changes: list[SentenceChange] = []
    for sentence in (each for each in new if each.words not in old_words):
        likeness, place = index.closest(sentence)
        match = place if place is not None and likeness >= _PAIRED and place not in paired else None
        paired |= {match} if match is not None else set()
        changes.append(
            SentenceChange(None if match is None else _place(gone[match]), _place(sentence))
        )
    lost = (each for at, each in enumerate(gone) if at not in paired)
    return (*changes, *(SentenceChange(_place(sentence), None) for sentence in lost))


def _copy_reason(article: ArticleFacts, earlier: ArticleFacts) -> str | None:
    if article.url is not None and article.url == earlier.url:
        return "same text, same address"
    if _is_same_outlet(article, earlier):
        return "same text, same outlet"
    if article.outlet is None and earlier.outlet is None:
        return "same text, both outlets unknown"
    return None


def _other_reason(article: ArticleFacts, earlier: ArticleFacts) -> str:
    is_unknown = article.outlet is None or earlier.outlet is None
    return "same text, one outlet unknown" if is_unknown else "same text, another outlet"


def _revision_reason(article: ArticleFacts, earlier: RelatedArticle) -> str | None:
    relation = earlier.relation
    shared = max(relation.coverage_self, relation.coverage_other)
    is_later_edition = _is_later_edition(article, earlier.facts)
    if article.url is not None and article.url == earlier.facts.url:
        is_enough = shared >= (_NEEDS_COVERAGE if is_later_edition else 0.0)
        return "same address, text in common" if is_enough else None
    is_one = _is_same_outlet(article, earlier.facts) and _is_same_title(article, earlier.facts)
    least = _NEXT_DAY_TITLE_NEEDS_COVERAGE if is_later_edition else _NEEDS_COVERAGE
    return "same outlet and title, text in common" if is_one and shared >= least else None


def _is_later_edition(article: ArticleFacts, earlier: ArticleFacts) -> bool:
    if article.at is None or earlier.at is None:
        return False
    return abs(article.at - earlier.at) >= _NEXT_EDITION


def _is_same_outlet(article: ArticleFacts, other: ArticleFacts) -> bool:
    if article.url is not None and article.url == other.url:
        return True
    if article.outlet is None or other.outlet is None:
        return False
    return is_same_outlet(article.outlet, other.outlet)


def is_same_outlet(one: str, other: str) -> bool:
    """Return whether two names are one outlet's: `Harbour Post` is the folder `harbour-post`."""
    return plain_name(one) == plain_name(other)


def _is_same_title(article: ArticleFacts, other: ArticleFacts) -> bool:
    if not article.title or not other.title:
        return False
    return article.title.split() == other.title.split()


def _place(sentence: Sentence) -> tuple[int, int]:
    return sentence.start, sentence.end

"""Tokens with offsets into the original text: one pass, reused by every rule and topic. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final

from shared.model import Readable, Span, Spans
from shared.query.folding import fold, singular, with_case, with_marks
from shared.query.sentences import paragraph_starts, sentence_starts
from shared.query.tokens import scan

ANALYSER_VERSION: Final = 2
"""Raised when tokens, folding or sentence rules change; stored with every match."""

TOKEN_LIMIT: Final = 50_000
"""Body tokens read of one article; a longer one is flagged `truncated`."""

LEAD_CHARACTERS: Final = 600
FIELD_GAP: Final = 64
"""Empty positions between title and text, and for a block of furniture: more than the widest NEAR,
so nothing crosses."""

_HYPHENS = frozenset("-\u2010\u2011")
_CAPS_RUN = 4


@dataclass(frozen=True)
class AnalysedArticle:
    """An article cut into tokens: title first, a gap of empty positions, then the text.

    Words that stand in the article's furniture are no tokens: a gap stands for each block of it.

    A position is an index into `starts`, `ends`, `folded` and `spellings`; the offsets count code
    points of the token's own field. `joined` holds hyphenated words written as one:
    `clean-up` stands at its first position under `cleanup`.
    """

    article: Readable
    starts: list[int]
    ends: list[int]
    folded: list[str]
    spellings: list[str]
    title_end: int
    text_start: int
    postings: Mapping[str, list[int]]
    joined: Mapping[str, list[tuple[int, int, str]]]
    truncated: bool

    @property
    def english(self) -> bool:
        """Whether English plurals are folded: the language is English or unknown."""
        language = self.article.language
        return language is None or language.lower().startswith("en")

    def with_topics(self, topics: Mapping[str, str]) -> AnalysedArticle:
        """Return the same tokens for the article with these *topics* (id to level)."""
        return replace(self, article=replace(self.article, topics=topics))

    def field_of(self, position: int) -> str:
        """Return `title` or `text`."""
        return "title" if position < self.title_end else "text"

    def span(self, first: int, last: int) -> Span:
        """Return the evidence from position *first* to *last*, quoting its field."""
        field = self.field_of(first)
        value = self.article.title if field == "title" else self.article.text
        start, end = self.starts[first], self.ends[last]
        return Span(field, start, end, value[start:end])

    @cached_property
    def lead_end(self) -> int:
        """The position after the last token in the first 600 characters that are no furniture."""
        end = LEAD_CHARACTERS
        for start, stop in self.article.furniture:
            if start < end:
                end += stop - start
        return bisect_left(self.starts, end, self.text_start)

    def window(self, field: str | None) -> tuple[int, int]:
        """Return the positions `[first, end)` of *field* (title, lead, body; None = everywhere)."""
        if field == "title":
            return 0, self.title_end
        if field == "lead":
            return self.text_start, self.lead_end
        return (self.text_start if field == "body" else 0), len(self.starts)

    @cached_property
    def singular_postings(self) -> Mapping[str, list[int]]:
        """Positions by folded word without plural ending (as it stands, if not English)."""
        if not self.english:
            return self.postings
        found: dict[str, list[int]] = {}
        for word, places in self.postings.items():
            key = singular(word)
            found[key] = sorted(found[key] + places) if key in found else places
        return found

    @cached_property
    def singular_joined(self) -> Mapping[str, list[tuple[int, int, str]]]:
        """Hyphenated words written as one, by their form without plural ending."""
        if not self.english:
            return self.joined
        found: dict[str, list[tuple[int, int, str]]] = {}
        for word, places in self.joined.items():
            found.setdefault(singular(word), []).extend(places)
        return found

    @cached_property
    def vocabulary(self) -> list[str]:
        """The distinct folded words, sorted: a prefix is one range of it."""
        return sorted(set(self.postings) | set(self.joined))

    def words_starting(self, prefix: str) -> Iterator[str]:
        """Yield the distinct folded words that start with *prefix*."""
        words = self.vocabulary
        for at in range(bisect_left(words, prefix), len(words)):
            if not words[at].startswith(prefix):
                return
            yield words[at]

    @cached_property
    def keys(self) -> frozenset[str]:
        """What a rule index looks up: every word and joined word, without plural ending."""
        return frozenset(map(singular, self.postings)) | frozenset(map(singular, self.joined))

    @cached_property
    def paragraph_ids(self) -> list[int]:
        """For each position its paragraph; the title is paragraph -1."""
        return self._block_ids(paragraph_starts(self.article.text))

    @cached_property
    def sentence_ids(self) -> list[int]:
        """For each position its sentence; the title is sentence -1. Furniture ends a sentence."""
        after_furniture = (end for _, end in self.article.furniture)
        return self._block_ids(sorted({*sentence_starts(self.article.text), *after_furniture}))

    def _block_ids(self, block_starts: list[int]) -> list[int]:
        body = (bisect_right(block_starts, start) for start in self.starts[self.text_start :])
        return [-1] * self.text_start + list(body)

    @cached_property
    def with_furniture(self) -> AnalysedArticle | None:
        """The same article with the words of its furniture; None when it has none."""
        if not self.article.furniture:
            return None
        return analyse(replace(self.article, furniture=()))

    @cached_property
    def shouted(self) -> frozenset[int]:
        """Positions in a run of four or more all-capital words: no evidence of an acronym.

        A list of acronyms (`UN, EU, NATO, ASEAN`) is no such run: most of its gaps are not blank.
        """
        found: set[int] = set()
        run: list[int] = []
        paragraphs = self.paragraph_ids
        for position, spelling in enumerate([*self.spellings, ""]):
            is_caps = spelling.isupper() or (bool(run) and spelling.isdigit())
            if run and not (is_caps and paragraphs[position] == paragraphs[run[-1]]):
                found.update(run if self._is_shouting(run) else ())
                run = []
            if is_caps:
                run.append(position)
        return frozenset(found)

    def _is_shouting(self, run: list[int]) -> bool:
        words = sum(self.spellings[position].isupper() for position in run)
        value = self.article.title if run[0] < self.title_end else self.article.text
        gaps = (value[self.ends[a] : self.starts[b]] for a, b in pairwise(run))
        return words >= _CAPS_RUN and 2 * sum(gap.isspace() for gap in gaps) >= len(run) - 1

    def marked(self, position: int) -> str:
        """Return the word at *position* without case but with its marks."""
        return with_marks(self.spellings[position])


class _Builder:
    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.folded: list[str] = []
        self.spellings: list[str] = []
        self.postings: dict[str, list[int]] = {}
        self.joined: dict[str, list[tuple[int, int, str]]] = {}

    def add(self, text: str, furniture: Spans = ()) -> bool:
        """Add the words of *text* outside *furniture*; return whether there are too many."""
        low, left = 0, TOKEN_LIMIT
        for start, end in furniture:
            left -= self._add_part(text, low, start, left)
            self.gap(start)
            low = end
        return self._add_part(text, low, len(text), left) > left

    def _add_part(self, text: str, low: int, high: int, limit: int) -> int:
        """Add at most *limit* words of `text[low:high]`; return how many were added or one more."""
        starts, ends, folded, spellings = self.starts, self.ends, self.folded, self.spellings
        postings = self.postings
        first = position = len(starts)
        chain = first
        previous_end = -2
        for start, end, spelling in scan(text, low, high):
            if position - first >= limit:
                return limit + 1
            word = spelling.lower() if spelling.isascii() else fold(spelling)
            if start != previous_end + 1 or text[previous_end] not in _HYPHENS:
                if position - chain > 1:
                    self._join(chain, position)
                chain = position
            starts.append(start)
            ends.append(end)
            folded.append(word)
            spellings.append(spelling)
            if word in postings:
                postings[word].append(position)
            else:
                postings[word] = [position]
            position += 1
            previous_end = end
        if position - chain > 1:
            self._join(chain, position)
        return position - first

    def _join(self, first: int, end: int) -> None:
        word = "".join(self.folded[first:end])
        spelling = "".join(self.spellings[first:end])
        self.joined.setdefault(word, []).append((first, end - 1, spelling))

    def gap(self, offset: int) -> None:
        """Leave positions empty that stand at *offset*: offsets of one field never go back."""
        for column in (self.starts, self.ends):
            column.extend([offset] * FIELD_GAP)
        for words in (self.folded, self.spellings):
            words.extend([""] * FIELD_GAP)


def analyse(article: Readable) -> AnalysedArticle:
    """Cut *article* into tokens once, for all rules and topics.

    Offsets in the result address the stored text as it stands (nothing is normalised away, and
    furniture is passed over where it stands).
    More than 50,000 words of text are not read; the result then says `truncated`.
    """
    built = _Builder()
    built.add(article.title)
    title_end = len(built.starts)
    built.gap(-1)
    truncated = built.add(article.text, article.furniture)
    return AnalysedArticle(
        article=article,
        starts=built.starts,
        ends=built.ends,
        folded=built.folded,
        spellings=built.spellings,
        title_end=title_end,
        text_start=title_end + FIELD_GAP,
        postings=built.postings,
        joined=built.joined,
        truncated=truncated,
    )


def is_shout(spelling: str) -> bool:
    """Whether a bare word of a rule is read with exact capitals: 2 to 6 letters, all upper case."""
    return 2 <= len(spelling) <= 6 and spelling.isalpha() and spelling.isupper()


def same_capitals(spelling: str, wanted: str, *, plural: bool) -> bool:
    """Whether *spelling* has the capitals *wanted*; with *plural*, `UXOs` is `UXO`."""
    cased = with_case(spelling)
    return cased == wanted or (plural and cased[-1:] == "s" and cased[:-1] == wanted)

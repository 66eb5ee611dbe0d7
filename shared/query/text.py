"""Tokens with offsets into the original text: one pass, reused by every rule and topic. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final

from shared.model import Readable, Span
from shared.query.folding import fold, singular, with_case, with_marks
from shared.query.sentences import paragraph_starts, sentence_starts

ANALYSER_VERSION: Final = 1
"""Raised when tokens, folding or sentence rules change; stored with every match."""

TOKEN_LIMIT: Final = 50_000
"""Body tokens read of one article; a longer one is flagged `truncated`."""

LEAD_CHARACTERS: Final = 600
FIELD_GAP: Final = 64
"""Empty positions between title and text: more than the widest NEAR, so nothing crosses."""

_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_MARKS = "\u0300-\u036f\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f\u00ad\u200b-\u200d\u2060"
_ALNUM = rf"[^\W_{_UNSPACED}]"
_TOKEN = re.compile(
    r"(?:US|HK|NZ|A|C|S)\$"  # a currency: `US` in `US$130 million` is not the country
    r"|(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+(?![^\W_])\.?"  # U.S.  D.C.  U.N
    r"|\d+(?:[.,]\d+)+"
    rf"|[{_UNSPACED}]"  # scripts without spaces: one character a token
    r"|['’ʼ][sS](?![^\W_])"  # a possessive: matched, then left out
    rf"|{_ALNUM}++(?:[{_MARKS}]++{_ALNUM}*+)*+"
    rf"(?:['’ʼ](?![sS](?![^\W_])){_ALNUM}++(?:[{_MARKS}]++{_ALNUM}*+)*+)*+"
)
_APOSTROPHES = frozenset("'’ʼ")
_HYPHENS = frozenset("-\u2010\u2011")
_CAPS_RUN = 4


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: `[start, end)` in code points and its spelling without dots."""

    start: int
    end: int
    spelling: str


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of *text* in order; linear time, no folding yet."""
    for start, end, spelling in _scan(text):
        yield Token(start, end, spelling)


def _scan(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _TOKEN.finditer(text):
        spelling = found.group()
        if spelling[0] in _APOSTROPHES:
            continue
        if "." in spelling and not spelling[0].isdigit():
            spelling = spelling.replace(".", "")
        yield found.start(), found.end(), spelling


@dataclass(frozen=True)
class AnalysedArticle:
    """An article cut into tokens: title first, a gap of empty positions, then the text.

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
        """The position after the last token that starts in the first 600 characters."""
        return bisect_left(self.starts, LEAD_CHARACTERS, self.text_start)

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
        """For each position its sentence; the title is sentence -1."""
        return self._block_ids(sentence_starts(self.article.text))

    def _block_ids(self, block_starts: list[int]) -> list[int]:
        body = (bisect_right(block_starts, start) for start in self.starts[self.text_start :])
        return [-1] * self.text_start + list(body)

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

    def add(self, text: str, limit: int) -> bool:
        starts, ends, folded, spellings = self.starts, self.ends, self.folded, self.spellings
        postings = self.postings
        first = position = len(starts)
        chain = first
        previous_end = -2
        for start, end, spelling in _scan(text):
            if position - first >= limit:
                return True
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
        return False

    def _join(self, first: int, end: int) -> None:
        word = "".join(self.folded[first:end])
        spelling = "".join(self.spellings[first:end])
        self.joined.setdefault(word, []).append((first, end - 1, spelling))

    def gap(self) -> None:
        for column in (self.starts, self.ends):
            column.extend([-1] * FIELD_GAP)
        for words in (self.folded, self.spellings):
            words.extend([""] * FIELD_GAP)


def analyse(article: Readable) -> AnalysedArticle:
    """Cut *article* into tokens once, for all rules and topics.

    Offsets in the result address the stored text as it stands (nothing is normalised away).
    More than 50,000 words of text are not read; the result then says `truncated`.
    """
    built = _Builder()
    built.add(article.title, TOKEN_LIMIT)
    title_end = len(built.starts)
    built.gap()
    truncated = built.add(article.text, TOKEN_LIMIT)
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

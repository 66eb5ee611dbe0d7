"""Why two articles belong together and what the later adds, in a line each with its words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.cli.output import one_line
from services.console.pages.words import counted
from services.console.queries import Member, Relation
from services.console.queries.furniture import words_outside
from services.console.queries.relations import Spans

MOST_REASONS = 3
QUOTED = 100
# A text, and which spans of it are furniture: those are not quoted.
Quotable = tuple[str, Spans]
NOTHING: Quotable = "", ()


def in_order(members: Sequence[Member]) -> list[Member]:
    """Return *members* by development, each with what came after it and added nothing.

    The lead of a story, the earliest published, is not its first development if it came late.
    """
    began = sorted((m.article_id, m.development) for m in members if m.development)

    def place(member: Member) -> tuple[int, bool, int]:
        if member.development:
            return member.development, False, member.article_id
        before = [number for article_id, number in began if article_id < member.article_id]
        return max(before, default=0), True, member.article_id

    return sorted(members, key=place)


def because(relation: Relation, text: str, furniture: Spans = ()) -> str:
    """Return the reasons of *relation*, or the longest words shared with the other in *text*.

    Words inside *furniture* are nobody's evidence and are not quoted.
    """
    if relation.relation == "exact":
        return ""
    if not relation.passages_self:
        more = len(relation.reasons) - MOST_REASONS
        said = [one_line(reason) for reason in relation.reasons[:MOST_REASONS]]
        return "; ".join([*said, f"and {more} more"] if more > 0 else said)
    left = [
        place for span in relation.passages_self for place in words_outside(text, span, furniture)
    ]
    if not left:
        return ""
    longest = max(left, key=lambda place: place[1] - place[0])
    return _quoted(text, longest, len(relation.passages_self) - 1, "passage")


def news(novelty: Mapping[str, Any] | None, text: str, furniture: Spans = ()) -> str:
    """Return what an article added, with its first new sentence in *text*; empty for nothing.

    A sentence that turned out to be *furniture* since is not quoted.
    """
    if novelty is None or novelty.get("kind") in (None, "first", "nothing_new"):
        return ""
    said = one_line(str(novelty.get("reason", "")))
    if novelty["kind"] == "correction":
        said = f"a correction ({said})"
    told = novelty.get("sentences") or ()
    sentences = [
        (start, end) for start, end in told if words_outside(text, (start, end), furniture)
    ]
    if not sentences:
        return said
    more = len(sentences) - 1 + int(novelty.get("sentences_more") or 0)
    return " ".join(filter(None, (f"{said}:", _quoted(text, sentences[0], more, "sentence"))))


def additions(
    novelty: Mapping[str, Any] | None,
    texts: Mapping[int, Quotable],
    own_id: int,
    before_id: int | None,
) -> Iterator[str]:
    """Say what an article adds, changes and restates, a line each; quotes need their *texts*.

    *before_id* is the version that it revises.
    """
    text, furniture = texts.get(own_id, NOTHING)
    if words := news(novelty, text, furniture):
        yield f"new: {words}"
    if novelty is not None:
        yield from _figures(novelty, text, texts)
        yield from _changes(novelty, text, texts.get(before_id or 0, NOTHING)[0])
        yield from _restated(novelty, text)


def _figures(novelty: Mapping[str, Any], text: str, texts: Mapping[int, Quotable]) -> Iterator[str]:
    """Quote both sentences of each changed figure whose two texts are here."""
    changed = [each for each in novelty.get("figures") or () if each["kind"] == "changed"]
    for figure in changed[:MOST_REASONS]:
        earlier_id = figure["earlier_article_id"]
        before = _quoted(texts.get(earlier_id, NOTHING)[0], figure["earlier_sentence"] or (0, 0))
        after = _quoted(text, figure["sentence"])
        if before and after:
            yield f"changed: a{earlier_id} {before} → {after}"


def _changes(novelty: Mapping[str, Any], text: str, before: str) -> Iterator[str]:
    """Say which sentences of the version before are gone or read otherwise; news said the rest."""
    changes = [each for each in novelty.get("changes") or () if each["before"]]
    for change in changes[:MOST_REASONS]:
        old = _quoted(before, change["before"])
        if old and change["after"]:
            yield f"rewritten: {old} → {_quoted(text, change['after'])}"
        elif old:
            yield f"taken out: {old}"
    more = len(changes) - MOST_REASONS + int(novelty.get("changes_more") or 0)
    if more > 0:
        yield f"and {counted(more, 'more changed sentence')}"


def _restated(novelty: Mapping[str, Any], text: str) -> Iterator[str]:
    restated = novelty.get("restated") or ()
    for each in restated[:MOST_REASONS]:
        firmly = " firmly" if each["is_firm"] else ""
        if words := _quoted(text, each["sentence"]):
            yield f"restates a{each['article_id']}{firmly}: {words}"
    more = len(restated) - MOST_REASONS + int(novelty.get("restated_more") or 0)
    if more > 0:
        yield f"and {counted(more, 'more sentence')} that {'restates' if more == 1 else 'restate'}"


def _quoted(text: str, place: Sequence[int], more: int = 0, noun: str = "") -> str:
    start, end = place
    if not 0 <= start < end <= len(text):
        return ""
    words = one_line(text[start : min(end, start + QUOTED)])
    if end - start > QUOTED:
        words = f"{words.rpartition(' ')[0] or words} …"
    rest = f" and {counted(more, f'more {noun}')}" if more > 0 else ""
    return f"“{words}”{rest}"

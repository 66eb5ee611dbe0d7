"""Why two articles belong together and what the later adds, in a line each with its words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.cli.output import one_line
from services.console.pages.words import counted
from services.console.queries import Member, Relation

MOST_REASONS = 3
QUOTED = 100


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


def because(relation: Relation, text: str) -> str:
    """Return the reasons of *relation*, or the longest words shared with the other in *text*."""
    if relation.relation == "exact":
        return ""
    if not relation.passages_self:
        return "; ".join(one_line(reason) for reason in relation.reasons[:MOST_REASONS])
    longest = max(relation.passages_self, key=lambda place: place[1] - place[0])
    return _quoted(text, longest, len(relation.passages_self) - 1, "passage")


def news(novelty: Mapping[str, Any] | None, text: str) -> str:
    """Return what an article added, with its first new sentence in *text*; empty for nothing."""
    if novelty is None or novelty.get("kind") in (None, "first", "nothing_new"):
        return ""
    said = one_line(str(novelty.get("reason", "")))
    if novelty["kind"] == "correction":
        said = f"a correction ({said})"
    sentences = novelty.get("sentences") or ()
    if not sentences:
        return said
    more = len(sentences) - 1 + int(novelty.get("sentences_more") or 0)
    start, end = sentences[0]
    return " ".join(filter(None, (f"{said}:", _quoted(text, (start, end), more, "sentence"))))


def additions(
    novelty: Mapping[str, Any] | None, texts: Mapping[int, str], own_id: int, before_id: int | None
) -> Iterator[str]:
    """Say what an article adds, changes and restates, a line each; quotes need their *texts*.

    *before_id* is the version that it revises.
    """
    text = texts.get(own_id, "")
    if words := news(novelty, text):
        yield f"new: {words}"
    if novelty is not None:
        yield from _figures(novelty, text, texts)
        yield from _changes(novelty, text, texts.get(before_id or 0, ""))
        yield from _restated(novelty, text)


def _figures(novelty: Mapping[str, Any], text: str, texts: Mapping[int, str]) -> Iterator[str]:
    """Quote both sentences of each changed figure whose two texts are here."""
    changed = [each for each in novelty.get("figures") or () if each["kind"] == "changed"]
    for figure in changed[:MOST_REASONS]:
        earlier_id = figure["earlier_article_id"]
        before = _quoted(texts.get(earlier_id, ""), figure["earlier_sentence"] or (0, 0))
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

"""Why two articles belong together and what the later adds, in a line each with its words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.cli.output import one_line
from services.console.pages.words import counted
from services.console.queries import Member, Relation
from services.console.queries.furniture import words_outside
from services.console.queries.relations import Spans

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


def _quoted(text: str, place: tuple[int, int], more: int, noun: str) -> str:
    start, end = place
    if not 0 <= start < end <= len(text):
        return ""
    words = one_line(text[start : min(end, start + QUOTED)])
    if end - start > QUOTED:
        words = f"{words.rpartition(' ')[0] or words} …"
    rest = f" and {counted(more, f'more {noun}')}" if more > 0 else ""
    return f"“{words}”{rest}"

"""Articles of one text: they count once where stories are made. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.extract.events.pieces import Pair
from services.extract.events.rulings import Blocks

COPY_STRENGTH = 0.99


@dataclass(frozen=True, slots=True)
class Member:
    """An article to be grouped. `received_order` is any number that grows with arrival."""

    article_id: int
    content_hash: str
    received_order: int
    story_id: int | None


def hold_twins(
    by_hash: Sequence[Member], links: Mapping[Pair, float], blocks: Blocks
) -> dict[Pair, float]:
    """Let articles of one text count as one, and return the *links* between what is left.

    Of a text that hundreds carry, the later ones are linked to the first few only: one by one they
    would be bound to the rest by nothing. Each joins the earliest that it is bound to as a copy.
    """
    twins = _twins(by_hash, links)
    stand_in: dict[int, int] = {}
    for member in by_hash:
        own = member.article_id
        first = next((each for each in twins.get(own, ()) if stand_in.get(each) == each), own)
        stand_in[own] = first if first == own or blocks.unite(first, own) else own
    kept: dict[Pair, float] = {}
    for (a, b), strength in links.items():
        one, other = sorted((stand_in[a], stand_in[b]))
        if one != other:
            kept[one, other] = max(kept.get((one, other), 0.0), strength)
    return kept


def _twins(by_hash: Sequence[Member], links: Mapping[Pair, float]) -> dict[int, list[int]]:
    """Return, for each article, those of the same words that a copy link binds it to, in order."""
    place = {member.article_id: at for at, member in enumerate(by_hash)}
    text = {member.article_id: member.content_hash for member in by_hash}
    found: dict[int, list[int]] = {}
    for (a, b), strength in links.items():
        if strength >= COPY_STRENGTH and text[a] == text[b]:
            found.setdefault(a, []).append(b)
            found.setdefault(b, []).append(a)
    return {article: sorted(own, key=place.__getitem__) for article, own in found.items()}

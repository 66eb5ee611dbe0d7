"""Regrouping: from links between articles to stories that keep their ids. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from services.extract.events.clustering import unite_by_average
from services.extract.events.pieces import FLOORS, FROZEN, Links, Pair, Piece, find_pieces
from services.extract.events.rulings import Blocks, Ruling
from services.extract.events.twins import COPY_STRENGTH, Member, hold_twins
from services.extract.reuse import RelationKind

COPY_DAYS = 14


@dataclass(frozen=True, slots=True, order=True)
class Fresh:
    """Stands for a story that has no row yet; the store makes one and puts its id in this place."""

    number: int


StoryId = int | Fresh


@dataclass(frozen=True, slots=True)
class Link:
    """What is known about two articles, in either order.

    `probability` is that of one event (0 when not scored); `relation` their shared words, if any;
    `days_apart` is None when a date is missing.
    """

    a_id: int
    b_id: int
    probability: float
    relation: RelationKind | None = None
    days_apart: int | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """Story *loser* is now part of *winner*."""

    loser: int
    winner: StoryId


@dataclass(frozen=True, slots=True)
class Split:
    """*story* is new and its articles came out of *from_story*."""

    story: Fresh
    from_story: int


@dataclass(frozen=True, slots=True)
class Move:
    """One article left a story that lives on (a merge moves no article: its story is renamed)."""

    article_id: int
    from_story: int
    to_story: StoryId


@dataclass(frozen=True, slots=True)
class Regrouping:
    """The story of every article, and what changed.

    `floors` has the floor each story was grouped above: 0.20, unless its theme is too large (see
    `find_pieces`).
    """

    assignments: Mapping[int, StoryId]
    created: tuple[Fresh, ...]
    merged: tuple[Merge, ...]
    split: tuple[Split, ...]
    moved: tuple[Move, ...]
    floors: Mapping[StoryId, float]


def link_strength(link: Link) -> float:
    """Return how strongly a link binds, 0 to 1: a copy within 14 days counts 0.99.

    A copy further apart counts only by its event score: outlets reuse their own background for
    years. A copy without dates counts as one: whole texts, unlike passages, are not repeated by
    chance.
    """
    if link.relation is None or not link.relation.is_copy:
        return link.probability
    is_near = link.days_apart is None or link.days_apart <= COPY_DAYS
    return max(link.probability, COPY_STRENGTH) if is_near else link.probability


def regroup(
    members: Sequence[Member],
    links: Sequence[Link],
    rulings: Sequence[Ruling] = (),
    pieces: Sequence[Piece] | None = None,
) -> Regrouping:
    """Cluster *members* by *links* within *rulings*, and give every cluster a story.

    A cluster takes the id of the old story with most members in it (tie: the older, lower id); a
    story wanted by two clusters goes to the one with more of its members. Clusters left without one
    get a `Fresh` placeholder, numbered by first arrival. *members* must hold every article of every
    story named in them (but for those of a frozen piece), *links* every link among them; *pieces*
    are those the members were found by, and worked out from the links when not given. The outcome
    does not depend on the order of any of these.
    """
    by_id = {member.article_id: member for member in members}
    strengths = _strengths(by_id, links)
    if pieces is None:
        pieces = find_pieces(Links(by_id, strengths), by_id)
    named = _name_clusters(_cluster(by_id, strengths, rulings, pieces), by_id)
    assignments = {article: story for story, cluster in named for article in sorted(cluster)}
    merged = _merges(members, assignments)
    return Regrouping(
        assignments=assignments,
        created=tuple(sorted(story for story, _ in named if isinstance(story, Fresh))),
        merged=merged,
        split=_splits(named, by_id),
        moved=_moves(members, assignments, {merge.loser: merge.winner for merge in merged}),
        floors=_floors(assignments, pieces),
    )


def _strengths(by_id: Mapping[int, Member], links: Sequence[Link]) -> dict[Pair, float]:
    strengths: dict[Pair, float] = {}
    for link in links:
        pair = min(link.a_id, link.b_id), max(link.a_id, link.b_id)
        if pair[0] != pair[1] and pair[0] in by_id and pair[1] in by_id:
            strengths[pair] = max(strengths.get(pair, 0.0), link_strength(link))
    return strengths


def _cluster(
    by_id: Mapping[int, Member],
    strengths: Mapping[Pair, float],
    rulings: Sequence[Ruling],
    pieces: Sequence[Piece],
) -> list[frozenset[int]]:
    by_hash = sorted(by_id.values(), key=lambda each: (each.content_hash, each.received_order))
    ranks = {member.article_id: rank for rank, member in enumerate(by_hash)}
    blocks = Blocks(ranks, rulings)
    # What is frozen stands before anything else is decided.
    ordered = sorted(
        pieces, key=lambda piece: (not piece.is_frozen, min(ranks[each] for each in piece.members))
    )
    for piece, inside in zip(ordered, _links_inside(ordered, strengths), strict=True):
        if piece.is_frozen:
            _keep_stories(piece, by_id, inside, ranks, blocks)
        else:
            unite_by_average(ranks, hold_twins(by_hash, inside, blocks), blocks)
    return blocks.groups()


def _links_inside(
    pieces: Sequence[Piece], strengths: Mapping[Pair, float]
) -> list[dict[Pair, float]]:
    home = {article: at for at, piece in enumerate(pieces) for article in piece.members}
    inside: list[dict[Pair, float]] = [{} for _ in pieces]
    for (a, b), strength in strengths.items():
        if home[a] == home[b] and strength >= min(pieces[home[a]].floor, FLOORS[-1]):
            inside[home[a]][a, b] = strength
    return inside


def _keep_stories(
    piece: Piece,
    by_id: Mapping[int, Member],
    links: Mapping[Pair, float],
    ranks: Mapping[int, int],
    blocks: Blocks,
) -> None:
    """Let the articles of a frozen piece stay where they are; new ones join their nearest."""
    parts: dict[int, list[int]] = {}
    for member in sorted((by_id[each] for each in piece.members), key=_arrival):
        if member.story_id is not None:
            own = parts.setdefault(member.story_id, [])
            # In parts only where a ruling cut the story.
            if not any(blocks.unite(part, member.article_id) for part in own):
                own.append(member.article_id)
    joined: set[int] = set()
    for pair in sorted(links, key=lambda pair: (-links[pair], *(ranks[each] for each in pair))):
        for new in {each for each in pair if by_id[each].story_id is None} - joined:
            if blocks.unite(*pair):
                joined.add(new)


def _floors(assignments: Mapping[int, StoryId], pieces: Sequence[Piece]) -> dict[StoryId, float]:
    """A story that a ruling stretches over two pieces has the lower floor: see `Surroundings`."""
    floors: dict[StoryId, float] = {}
    for piece in pieces:
        for article in piece.members:
            story = assignments[article]
            floors[story] = min(floors.get(story, FROZEN), piece.floor)
    return floors


def _name_clusters(
    clusters: Sequence[frozenset[int]], by_id: Mapping[int, Member]
) -> list[tuple[StoryId, frozenset[int]]]:
    arrived = sorted(clusters, key=lambda each: min(_arrival(by_id[article]) for article in each))
    wishes = sorted(
        (-size, story, place)
        for place, cluster in enumerate(arrived)
        for story, size in _old_stories(cluster, by_id).items()
    )
    given: dict[int, int] = {}
    taken: set[int] = set()
    for _, story, place in wishes:
        if place not in given and story not in taken:
            given[place] = story
            taken.add(story)
    numbers = count()
    return [
        (given[place] if place in given else Fresh(next(numbers)), cluster)
        for place, cluster in enumerate(arrived)
    ]


def _arrival(member: Member) -> tuple[int, int]:
    return member.received_order, member.article_id


def _old_stories(cluster: frozenset[int], by_id: Mapping[int, Member]) -> Counter[int]:
    stories = (by_id[article].story_id for article in cluster)
    return Counter(story for story in stories if story is not None)


def _merges(members: Sequence[Member], assignments: Mapping[int, StoryId]) -> tuple[Merge, ...]:
    """A story whose id no cluster took lives on in the story that got most of its articles."""
    heirs: dict[int, Counter[StoryId]] = {}
    for member in members:
        if member.story_id is not None:
            heirs.setdefault(member.story_id, Counter())[assignments[member.article_id]] += 1
    living = set(assignments.values())
    return tuple(
        Merge(old, min(heirs[old], key=lambda heir: (-heirs[old][heir], _age(heir))))
        for old in sorted(heirs)
        if old not in living
    )


def _splits(
    named: Sequence[tuple[StoryId, frozenset[int]]], by_id: Mapping[int, Member]
) -> tuple[Split, ...]:
    found = []
    for story, cluster in named:
        old = _old_stories(cluster, by_id)
        if isinstance(story, Fresh) and old:
            found.append(Split(story, min(old, key=lambda each: (-old[each], each))))
    return tuple(found)


def _moves(
    members: Sequence[Member],
    assignments: Mapping[int, StoryId],
    renamed: Mapping[int, StoryId],
) -> tuple[Move, ...]:
    return tuple(
        Move(member.article_id, member.story_id, assignments[member.article_id])
        for member in sorted(members, key=_arrival)
        if member.story_id is not None
        and assignments[member.article_id] != renamed.get(member.story_id, member.story_id)
    )


def _age(story: StoryId) -> tuple[bool, int]:
    """Order stories oldest first: those with a row before those without."""
    return (True, story.number) if isinstance(story, Fresh) else (False, story)

"""Same event: profiles of articles, an explained score of a pair, stories as clusters. Pure."""

from services.extract.events.clustering import connected_groups, unite_by_average
from services.extract.events.features import EventProfile, compare_profiles, profile_article
from services.extract.events.pieces import FROZEN, LARGEST_PIECE, Links, Piece, find_pieces
from services.extract.events.regrouping import (
    Fresh,
    Link,
    Merge,
    Move,
    Regrouping,
    Split,
    StoryId,
    link_strength,
    regroup,
)
from services.extract.events.rulings import Blocks, Ruling, RulingKind, contradicted
from services.extract.events.scoring import (
    Contribution,
    EventScore,
    EventWeights,
    score_pair,
    shipped_weights,
)
from services.extract.events.terms import Term, candidate_terms
from services.extract.events.twins import Member

__all__ = [
    "FROZEN",
    "LARGEST_PIECE",
    "Blocks",
    "Contribution",
    "EventProfile",
    "EventScore",
    "EventWeights",
    "Fresh",
    "Link",
    "Links",
    "Member",
    "Merge",
    "Move",
    "Piece",
    "Regrouping",
    "Ruling",
    "RulingKind",
    "Split",
    "StoryId",
    "Term",
    "candidate_terms",
    "compare_profiles",
    "connected_groups",
    "contradicted",
    "find_pieces",
    "link_strength",
    "profile_article",
    "regroup",
    "score_pair",
    "shipped_weights",
    "unite_by_average",
]

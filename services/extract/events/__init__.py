"""Same event: profiles of articles, an explained score of a pair, stories as clusters. Pure."""

from services.extract.events.clustering import Clustering, cluster_articles, connected_groups
from services.extract.events.features import EventProfile, compare_profiles, profile_article
from services.extract.events.regrouping import (
    Fresh,
    Link,
    Member,
    Merge,
    Move,
    Regrouping,
    Split,
    StoryId,
    link_strength,
    regroup,
)
from services.extract.events.scoring import (
    Contribution,
    EventScore,
    EventWeights,
    score_pair,
    shipped_weights,
)
from services.extract.events.terms import Term, candidate_terms

__all__ = [
    "Clustering",
    "Contribution",
    "EventProfile",
    "EventScore",
    "EventWeights",
    "Fresh",
    "Link",
    "Member",
    "Merge",
    "Move",
    "Regrouping",
    "Split",
    "StoryId",
    "Term",
    "candidate_terms",
    "cluster_articles",
    "compare_profiles",
    "connected_groups",
    "link_strength",
    "profile_article",
    "regroup",
    "score_pair",
    "shipped_weights",
]

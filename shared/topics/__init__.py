"""Topics: a taxonomy of named subjects, each with expressions in the rule language and examples."""

from shared.topics.tagging import tag_article
from shared.topics.taxonomy import Taxonomy, TaxonomyError, load_taxonomy
from shared.topics.topic import Expression, IptcRelation, Topic

__all__ = [
    "Expression",
    "IptcRelation",
    "Taxonomy",
    "TaxonomyError",
    "Topic",
    "load_taxonomy",
    "tag_article",
]

"""What a later article adds, which figures changed, and what it is to its own outlet. Pure."""

from services.extract.novelty.additions import Novelty, NoveltyKind, Restatement, what_it_adds
from services.extract.novelty.changes import FigureChange, FigureKind
from services.extract.novelty.known import KnownText, read_text
from services.extract.novelty.outcome import (
    ArticleFacts,
    Correction,
    Outcome,
    OutcomeDecision,
    Recleaned,
    RelatedArticle,
    SentenceChange,
    compare_sentences,
    decide_outcome,
    find_correction,
    is_same_outlet,
)
from services.extract.novelty.sentences import Sentence, split_sentences

__all__ = [
    "ArticleFacts",
    "Correction",
    "FigureChange",
    "FigureKind",
    "KnownText",
    "Novelty",
    "NoveltyKind",
    "Outcome",
    "OutcomeDecision",
    "Recleaned",
    "RelatedArticle",
    "Restatement",
    "Sentence",
    "SentenceChange",
    "compare_sentences",
    "decide_outcome",
    "find_correction",
    "is_same_outlet",
    "read_text",
    "split_sentences",
    "what_it_adds",
]

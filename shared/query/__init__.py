"""The rule language: one for watch rules, topics, search and back-test. Pure."""

from shared.query.compile import CompiledRule, compile_rule
from shared.query.errors import RuleError, RuleSyntaxError, render, underline
from shared.query.evaluate import evaluate, hits
from shared.query.explain import because, sentence_of
from shared.query.index import RuleSet, match_naively
from shared.query.syntax import parse
from shared.query.text import ANALYSER_VERSION, AnalysedArticle, analyse
from shared.query.tree import Rule, canonical
from shared.query.verdict import Outcome, Reason, Verdict

__all__ = [
    "ANALYSER_VERSION",
    "AnalysedArticle",
    "CompiledRule",
    "Outcome",
    "Reason",
    "Rule",
    "RuleError",
    "RuleSet",
    "RuleSyntaxError",
    "Verdict",
    "analyse",
    "because",
    "canonical",
    "compile_rule",
    "evaluate",
    "hits",
    "match_naively",
    "parse",
    "render",
    "sentence_of",
    "underline",
]

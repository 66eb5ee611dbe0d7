"""Render the body of a message as plain text, for channels that people read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.alert.message import one_line


def render_text(body: Mapping[str, Any]) -> str:
    """Return the plain text of a body made by `message.build_body`, ending in a newline."""
    return "\n".join(_lines(body)) + "\n"


def _lines(body: Mapping[str, Any]) -> Iterator[str]:
    yield one_line(body["summary"])
    yield ""
    yield from _story_lines(body["story"])
    yield ""
    yield "Why you are told"
    for rule in body["rules"]:
        yield from _rule_lines(rule)
    yield from _more(body["rules_more"], "rule", indent="  ")
    yield ""
    yield "What is told"
    for article in body["articles"]:
        yield from _article_lines(article)
    yield from _more(body["articles_more"], "article", indent="  ")
    yield ""
    yield f"newswatch · message {one_line(body['id'])}"


def _story_lines(story: Mapping[str, Any]) -> Iterator[str]:
    yield f"Story {story['id']}: {one_line(story['title'])}"
    articles = _count(story["articles"], "article")
    outlets = _count(story["outlets"], "outlet")
    yield f"{articles} from {outlets}, {story['independent']} independent"
    if story["url"]:
        yield one_line(story["url"])


def _rule_lines(rule: Mapping[str, Any]) -> Iterator[str]:
    yield f"  rule {one_line(rule['name'])} (revision {rule['revision']}, alert {rule['alert']})"
    for because in rule["because"]:
        yield f"    because {one_line(because['line'])} ({because['article']})"
        yield from _evidence_lines(because)
    yield from _more(rule["because_more"], "reason", indent="    ")


def _evidence_lines(because: Mapping[str, Any]) -> Iterator[str]:
    words = list(dict.fromkeys(f'"{one_line(span["text"])}"' for span in because["evidence"]))
    if words:
        more = f" and {because['evidence_more']} more" if because["evidence_more"] else ""
        yield f"      words: {', '.join(words)}{more}"
    if because["sentence"]:
        yield f"      sentence: {one_line(because['sentence'])}"


def _article_lines(article: Mapping[str, Any]) -> Iterator[str]:
    why = "; ".join(why["words"] for why in article["why_now"])
    facts = [article["id"], article["outlet"], (article["published_at"] or "")[:10]]
    yield f"  {' · '.join(one_line(fact) for fact in facts if fact)}: {why}"
    yield f"    {one_line(article['title'])}"
    if article["url"]:
        yield f"    {one_line(article['url'])}"
    yield from _addition_lines(article["adds"])


def _addition_lines(adds: Mapping[str, Any]) -> Iterator[str]:
    for sentence in adds["sentences"]:
        yield f"    new: {one_line(sentence)}"
    yield from _more(adds["sentences_more"], "new sentence", indent="    ")
    for figure in adds["figures"]:
        yield f"    changed figure: {_change(figure)}"
    yield from _more(adds["figures_more"], "changed figure", indent="    ")
    for sentence in adds["corrected"]:
        yield f"    corrected: {_change(sentence)}"
    yield from _more(adds["corrected_more"], "corrected sentence", indent="    ")


def _change(change: Mapping[str, Any]) -> str:
    what = f"{one_line(change['what'])}: " if change["what"] else ""
    return f"{what}{one_line(change['before'])} → {one_line(change['after'])}"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _more(count: int, noun: str, *, indent: str) -> Iterator[str]:
    if count:
        yield f"{indent}and {count} more {noun if count == 1 else noun + 's'}"

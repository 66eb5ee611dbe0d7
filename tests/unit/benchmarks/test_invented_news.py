"""Invented news is the same every time, and has the statistics that it is said to have."""

from collections import Counter
from datetime import timedelta

import pytest

from services.benchmarks.invented_news import FIRST_DAY, MEAN_STORY, NewsWorld
from services.extract.reuse import RelationKind, relate, tokenize

STORIES = 120


@pytest.fixture(scope="module")
def stories():
    world = NewsWorld(seed=1, per_day=100)
    return [world.story(number) for number in range(STORIES)]


def test_same_seed_invents_the_same_story_in_any_process():
    one, other = NewsWorld(1, 100), NewsWorld(1, 100)
    other.story(3)
    assert one.story(7) == other.story(7)
    assert NewsWorld(2, 100).story(7) != one.story(7)


def test_articles_arrive_at_the_stated_rate_in_order_and_after_they_were_published(stories):
    for story in stories:
        arrivals = [article.received_at for article in story]
        assert arrivals == sorted(arrivals)
        assert all(a.published_at is None or a.published_at < a.received_at for a in story)
    began = stories[-1][0].received_at - FIRST_DAY
    assert began == timedelta(days=(STORIES - 1) * MEAN_STORY / 100)


def test_stories_have_one_to_twelve_articles_of_different_outlets(stories):
    sizes = Counter(len(story) for story in stories)
    assert 1 <= min(sizes) <= max(sizes) <= 12
    assert sizes[1] > STORIES / 3
    assert all(len({article.outlet for article in story}) == len(story) for story in stories)


def test_one_outlet_puts_the_same_footer_under_all_its_pages(stories):
    by_outlet: dict[str, tuple[str, ...]] = {}
    for article in (article for story in stories for article in story):
        footer = tuple(article.text.split("\n\n")[-2:])
        assert by_outlet.setdefault(article.outlet, footer) == footer


def test_stories_hold_copies_contained_and_rewritten_articles(stories):
    kinds = set()
    for first, *others in stories:
        for other in others:
            found = relate(tokenize(first.text), tokenize(other.text))
            kinds.add(found.kind if found else None)
    assert {RelationKind.NEAR_DUPLICATE, RelationKind.CONTAINED, None} <= kinds


def test_few_words_make_most_of_the_text_as_in_real_news(stories):
    words = Counter(w for story in stories for a in story for w in tokenize(a.text).words)
    ranked = [count for _, count in words.most_common()]
    assert sum(ranked[:100]) > 0.25 * sum(ranked)
    assert sum(count == 1 for count in ranked) > 0.2 * len(ranked)

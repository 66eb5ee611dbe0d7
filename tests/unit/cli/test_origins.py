"""What `show` says of where a story's texts came from."""

from datetime import timedelta

from services.cli.origins import origin_lines
from services.console.queries import StoryDetail
from services.console.queries.origins import Credit
from services.console.queries.paging import Page
from shared.stories.members import StorySummary
from shared.stories.origins import Carrier, Carrying, Source, TextOrigin
from tests.clocks import NOON

MORNING = NOON.replace(year=2026, month=3, day=3, hour=8, minute=0)


def _source(article_id: int, outlet: str | None, **facts: bool) -> Source:
    at = MORNING + timedelta(hours=article_id - 4)
    return Source(article_id, outlet, at, is_dated=facts.get("is_dated", True))


def _story(*origins: TextOrigin, credits_: tuple[Credit, ...] = ()) -> StoryDetail:
    summary = StorySummary(3, "", None, 0, 0, 0, 0, None, None, NOON, (), 0)
    return StoryDetail(
        3, summary, Page((), 0), (), Page((), 0), (), Page((), 0), None, origins, credits_
    )


def _carrier(article_id: int, how: Carrying, via_id: int | None = None) -> Carrier:
    return Carrier(_source(article_id, f"Outlet {article_id}"), how, via_id)


def test_an_origin_is_told_with_its_carriers_and_its_credit():
    carriers = (
        _carrier(5, Carrying.WHOLE),
        _carrier(6, Carrying.SHORTENED),
        _carrier(7, Carrying.EXTENDED, via_id=5),
        _carrier(8, Carrying.PARTS),
    )
    origin = TextOrigin(_source(4, "Harbour\x1bPost"), carriers, ("AP",))

    (line,) = origin_lines(_story(origin))
    assert line == (
        "origin: a4 Harbour Post, 3 March 2026 08:00 · carried whole by a5 Outlet 5 · "
        "shortened by a6 Outlet 6 · with additions by a7 Outlet 7 (via a5) · "
        "in parts by a8 Outlet 8 · credits AP"
    )


def test_an_undated_origin_without_an_outlet_says_when_it_arrived():
    origin = TextOrigin(_source(4, None, is_dated=False), (_carrier(5, Carrying.WHOLE),), ())
    (line,) = origin_lines(_story(origin))
    assert line.startswith("origin: a4, undated, arrived 3 March 2026 08:00 · ")


def test_many_carriers_and_many_texts_are_cut_aloud():
    carriers = tuple(_carrier(number, Carrying.WHOLE) for number in range(5, 13))
    origin = TextOrigin(_source(4, "Post"), carriers, ())
    said = list(origin_lines(_story(*[origin] * 5)))
    assert said[0].endswith("a9 Outlet 9 and 3 more")
    assert said[-1] == "and 2 more texts that several carry"


def test_a_credit_of_an_article_that_nobody_copies_is_told_alone():
    origin = TextOrigin(_source(4, "Post"), (_carrier(5, Carrying.WHOLE),), ("AP",))
    found = _story(origin, credits_=(Credit(5, "AP", None), Credit(9, "VNA", None)))
    assert list(origin_lines(found))[1:] == ["a9 credits VNA"]
    assert list(origin_lines(_story())) == []

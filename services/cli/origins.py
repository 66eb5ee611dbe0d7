"""Where the texts of a story came from, in a line each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.cli.output import one_line
from services.console.pages.words import counted
from services.console.queries import StoryDetail
from shared.stories.origins import Carrier, Carrying, Source, TextOrigin

MOST_ORIGINS = 3
MOST_CARRIERS = 5
_SAID = {
    Carrying.WHOLE: "carried whole by",
    Carrying.SHORTENED: "shortened by",
    Carrying.EXTENDED: "with additions by",
    Carrying.PARTS: "in parts by",
}


def origin_lines(story: StoryDetail) -> Iterator[str]:
    """Say who had each text first, who carried it how, and which agency is credited."""
    for origin in story.origins[:MOST_ORIGINS]:
        yield f"origin: {_in_words(origin)}"
    if (more := len(story.origins) - MOST_ORIGINS) > 0:
        yield f"and {counted(more, 'more text')} that several carry"
    carrying = {
        carrier.source.article_id for origin in story.origins for carrier in origin.carriers
    }
    carrying |= {origin.first.article_id for origin in story.origins}
    alone = [credit for credit in story.credits if credit.article_id not in carrying]
    for credit in alone[:MOST_CARRIERS]:
        yield f"a{credit.article_id} credits {one_line(credit.agency)}"
    if (more := len(alone) - MOST_CARRIERS) > 0:
        yield f"and {counted(more, 'more article')} with a credit"


def _in_words(origin: TextOrigin) -> str:
    parts = [f"{_named(origin.first)}, {_when(origin.first)}"]
    for how, said in _SAID.items():
        if carriers := origin.carried(how):
            parts.append(f"{said} {_list(carriers)}")
    if origin.agencies:
        parts.append(f"credits {', '.join(map(one_line, origin.agencies))}")
    return " · ".join(parts)


def _list(carriers: Sequence[Carrier]) -> str:
    names = [
        _named(carrier.source) + (f" (via a{carrier.via_id})" if carrier.via_id else "")
        for carrier in carriers[:MOST_CARRIERS]
    ]
    more = len(carriers) - MOST_CARRIERS
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _named(source: Source) -> str:
    return (
        f"a{source.article_id} {one_line(source.outlet)}"
        if source.outlet
        else f"a{source.article_id}"
    )


def _when(source: Source) -> str:
    day = f"{source.at.day} {source.at:%B %Y}"
    # A page that tells the day alone is stored with its midnight.
    said = day if f"{source.at:%H%M%S}" == "000000" else f"{day} {source.at:%H:%M}"
    return said if source.is_dated else f"undated, arrived {said}"

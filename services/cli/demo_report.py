"""What came of the samples, as lines of at most 80 columns for someone who sees them first. Pure.

Only a single word that is longer than that makes a longer line.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from services.cli.output import one_line
from services.console.audit import AuditReport
from services.console.queries import ChangedFigure, Member, StoryDetail
from services.console.queries.relations import SAME_EVENT, relation_in_words
from services.expectations import Expectations

WIDTH = 80
_PERCENT = re.compile(r"(?<=\d) ?%")
_NO_BREAK = "\u00a0"
_SHORT_TITLE = 36
_COUNTS = f"{'articles':>9}{'outlets':>9}{'independent':>13}"


def listed(
    items: Iterable[str], *, first: str = "", hang: str = "    ", separator: str = ", "
) -> list[str]:
    """Return *items* on lines that break after *separator*; all but the first begin with *hang*.

    An item longer than a line is broken at its blanks.
    """
    lines, line, is_begun = list[str](), first, False
    for item in items:
        longer = f"{line}{separator}{item}" if is_begun else f"{line}{item}"
        if is_begun and len(longer) + len(separator.rstrip()) > WIDTH:
            lines.append(line + separator.rstrip())
            longer = f"{hang}{item}"
        # Room for the separator that may follow.
        *full, line = wrapped(longer, hang, WIDTH - len(separator.rstrip()))
        lines += full
        is_begun = True
    return [each.replace(_NO_BREAK, " ") for each in [*lines, line]]


def wrapped(line: str, hang: str, width: int = WIDTH) -> list[str]:
    """Return *line* broken at its blanks; all but the first line begin with *hang*."""
    pieces = textwrap.wrap(
        line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )
    return pieces or [line]


def unbroken(text: str) -> str:
    """Return *text* as `listed` never breaks it."""
    return text.replace(" ", _NO_BREAK)


def as_percents(text: str) -> str:
    """Return *text* with every `40%` and `40 %` alike, and never broken."""
    return _PERCENT.sub(f"{_NO_BREAK}%", text)


def shortened(text: str, width: int) -> str:
    """Return *text* on one line of at most *width* characters, cut between words where it can."""
    text = one_line(text)
    if len(text) <= width:
        return text
    cut = text[: width - 1]
    head = cut.rpartition(" ")[0] if text[width - 1] != " " else cut
    return (head if len(head) > width // 2 else cut).rstrip(" ,;:") + "…"


def headline(dropped: int, fates: Mapping[str, int], seconds: float) -> list[str]:
    """Return how many files were dropped and what became of them; *fates* as `count_fates` has."""
    articles = {name: fates.get(name, 0) for name in ("new", "exact_copy", "revision")}
    rejected = {name: count for name, count in fates.items() if name.startswith("rejected")}
    kinds = " · ".join(f"{count} {name.replace('_', ' ')}" for name, count in articles.items())
    why = ", ".join(sorted(name.removeprefix("rejected:").replace("_", " ") for name in rejected))
    containers = fates.get("container", 0)
    parts = [f"{dropped} files dropped ▸ {sum(articles.values())} articles ({kinds})"]
    if containers:
        members = sum(fates.values()) - dropped
        parts.append(f"{_counted(containers, 'container')} with {_counted(members, 'member')}")
    if rejected:
        parts.append(f"{sum(rejected.values())} rejected ({why})")
    return listed([*parts, f"{seconds:.1f} s"], hang="   ", separator=" · ")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def story_lines(stories: Sequence[StoryDetail]) -> list[str]:
    """Return the stories: those of several articles in full, those of one a line each."""
    ordered = sorted(stories, key=lambda story: (-story.summary.article_count, story.summary.id))
    large = [story for story in ordered if story.summary.article_count > 1]
    small = [story for story in ordered if story.summary.article_count <= 1]
    lines = [f"{'STORIES':<{WIDTH - len(_COUNTS)}}{_COUNTS}"]
    for story in large:
        lines += [*_large(story), ""]
    if small:
        what = "story" if len(small) == 1 else "stories"
        lines.append(f"{len(small)} more {what} of one article{' each' * (len(small) > 1)}")
        lines += [_small(story) for story in small]
    return lines


def _large(story: StoryDetail) -> list[str]:
    summary = story.summary
    room = WIDTH - len(_COUNTS) - 6
    titles = textwrap.wrap(one_line(summary.title), room, break_on_hyphens=False)
    counts = f"{summary.article_count:>9}{summary.outlet_count:>9}{summary.independent_count:>13}"
    lines = [f" s{summary.id:<4}{titles[0]:<{room}}{counts}", *(f"      {t}" for t in titles[1:])]
    files = {member.article_id: one_line(member.file) for member in story.members}
    for member in story.members:
        lines += _member(member, summary.lead_id, files)
    for figure in story.changed_figures:
        lines += _figure(figure, files)
    if summary.topics:
        lines += listed(summary.topics, first="      topics: ", hang=" " * 14)
    return lines


def _member(member: Member, lead_id: int | None, files: Mapping[int, str]) -> list[str]:
    if member.is_lead:
        return [f"      {files[member.article_id]} (the first)"]
    said = [as_percents(words) for words in _compared(member, lead_id, files)]
    name = f"      {files[member.article_id]}"
    return [name, *(listed(said, first=" " * 8, hang=" " * 8, separator="; ") if said else [])]


def _compared(member: Member, lead_id: int | None, files: Mapping[int, str]) -> list[str]:
    """Return its relation to the lead, else to the nearest, and what it adds.

    Shared words say more than the same event, so one with them goes before.
    """
    said = []
    if member.relations:
        relation = min(
            member.relations,
            key=lambda each: (each.relation == SAME_EVENT, each.other_id != lead_id),
        )
        other = files.get(relation.other_id, f"a{relation.other_id}")
        coverages = relation.coverage_self, relation.coverage_other
        said.append(relation_in_words(relation.relation, other, *coverages, relation.score))
    if added := one_line((member.novelty or {}).get("reason", "")):
        # The figure itself stands below, with its subject.
        figures = {f"changed figure: {f.before} → {f.after}" for f in member.changed_figures}
        said.append("a changed figure" if added in figures else added)
    return said


def _figure(figure: ChangedFigure, files: Mapping[int, str]) -> list[str]:
    before, after = unbroken(one_line(figure.before)), unbroken(one_line(figure.after))
    subject = f"{one_line(figure.subject)} " if figure.subject else ""
    change = f"{subject}{before} → {after}"
    where = f"({files.get(figure.article_id, f'a{figure.article_id}')})"
    first = "      changed figure: "
    return listed([change, where], first=first, hang=" " * 8, separator=" ")


def _small(story: StoryDetail) -> str:
    topics = story.summary.topics
    said = ", ".join(topics)
    if len(said) > WIDTH // 3 and len(topics) > 1:
        said = f"{topics[0]} and {len(topics) - 1} more"
    start = f" s{story.summary.id:<4}"
    room = WIDTH - len(start) - (len(said) + 2 if said else 0)
    title = shortened(story.summary.title, room)
    return f"{start}{title:<{room}}  {said}" if said else f"{start}{title}"


def book_lines(books: AuditReport, fates: Mapping[str, int], dropped: int) -> list[str]:
    """Return the books in two lines if they balance, else every line with what mends it."""
    files, containers, _, rows, *_ = books.lines
    stored = sum(fates.values())
    parts = [*files.right, ("container" + "s" * (containers.left[1] != 1), containers.left[1])]
    if not books.ok or stored != sum(count for _, count in parts):
        return _books_in_detail(books)
    members = f" + {stored - dropped} members" if stored > dropped else ""
    return listed(
        [
            f"{dropped} files{members} = {_sum(parts)}",
            f"{rows.left[1]} ledger rows = {_sum(rows.right)}",
        ],
        first="books balance: ",
        hang=" " * 15,
        separator=" · ",
    )


def _sum(parts: Sequence[tuple[str, int]]) -> str:
    return " + ".join(f"{count} {what}" for what, count in parts if count) or "0"


def _books_in_detail(books: AuditReport) -> list[str]:
    lines: list[str] = []
    for line in books.lines:
        lines += wrapped(f"{'books' if line.ok else 'BOOKS DO NOT BALANCE'}: {line.words}", "    ")
        for difference in line.differences:
            ids = " ".join(str(record) for record in difference.ids)
            lines += wrapped(f"    {ids}: {one_line(difference.words)}", " " * 8)
            lines += wrapped(f"        {difference.mend}", " " * 8)
    return lines


def apart_lines(expected: Expectations, stories: Sequence[StoryDetail]) -> list[str]:
    """Return the traps of the samples; all are avoided if what came of them is as *expected*."""
    traps = Counter(one_line(group.why) for group in expected.unrelated)
    said = [f"{why} (twice)" if count == 2 else why for why, count in traps.items()]
    first = f"{sum(traps.values())} look-alikes stayed apart: "
    lines = listed(said, first=first, hang="   ", separator="; ") if said else []
    return lines + _quiet(expected, stories)


def _quiet(expected: Expectations, stories: Sequence[StoryDetail]) -> list[str]:
    silent = {tags.file for tags in expected.tags if tags.must_not and not tags.must}
    alerted = {alert.story for alert in expected.alerts}
    wanted = [s for s in expected.stories.values() if silent.issuperset(s.articles)]
    count = sum(story.label not in alerted for story in wanted)
    quiet = [s.summary for s in stories if not (s.summary.topics or s.summary.alert_count)]
    if not quiet or len(quiet) != count:
        return []
    ordered = sorted(quiet, key=lambda summary: summary.id)
    titles = [unbroken(shortened(summary.title, _SHORT_TITLE)) for summary in ordered]
    what = "story" if count == 1 else "stories"
    first = f"{count} {what} earned neither topic nor alert: "
    return listed(titles, first=first, hang="   ", separator="; ")

"""What cleaning again changes, in words or as JSON, one article at a time."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from services.cli.output import one_line, print_json_list, say, shortened
from services.extract.difference import Difference
from services.extract.jobs.recleaning import Finding, Recleaner, Selection, Verdict
from services.extract.sandbox import Sandbox
from shared.runtime import Runtime
from shared.topics import load_taxonomy

log = logging.getLogger("newswatch.reclean")

PROGRESS_SECONDS = 5.0
MOST_DIFFERING_LINES = 20


def report(runtime: Runtime, selection: Selection, *, apply: bool, columns: int | None) -> int:
    """Print what comes of each article within *columns*; return how many were passed over."""
    counts: Counter[Verdict] = Counter()
    with _recleaner(runtime) as recleaner:
        for finding in _walk(recleaner, selection, counts, apply=apply):
            _print(finding, columns)
    _print_counts(counts, applied=apply)
    return counts[Verdict.PASSED_OVER]


def report_json(runtime: Runtime, selection: Selection, *, apply: bool) -> int:
    """Print all that does not stay as it is as one document; return how many were passed over."""
    counts: Counter[Verdict] = Counter()
    with _recleaner(runtime) as recleaner:
        found = _walk(recleaner, selection, counts, apply=apply)
        print_json_list(
            "articles",
            (finding for finding in found if finding.verdict is not Verdict.UNCHANGED),
            lambda: {"applied": apply, "counts": {each.value: counts[each] for each in Verdict}},
        )
    return counts[Verdict.PASSED_OVER]


@contextmanager
def _recleaner(runtime: Runtime) -> Iterator[Recleaner]:
    settings = runtime.settings
    sandbox = Sandbox(
        time_seconds=settings.extract.time_seconds, memory_bytes=settings.extract.memory_bytes
    )
    try:
        yield Recleaner(runtime, sandbox, load_taxonomy(settings.topics.dir))
    finally:
        sandbox.close()


def _walk(
    recleaner: Recleaner, selection: Selection, counts: Counter[Verdict], *, apply: bool
) -> Iterator[Finding]:
    """Return what comes of each article, counted, with a word on stderr of how far it is.

    Raises:
        SettingsError: at once, when no article is of the outlet asked for.
    """
    total = recleaner.count(selection)

    def walk() -> Iterator[Finding]:
        said_at = time.monotonic()
        for number, finding in enumerate(recleaner.run(selection, apply=apply), start=1):
            if time.monotonic() - said_at > PROGRESS_SECONDS:
                log.info("looked at %d of %d articles", number, total)
                said_at = time.monotonic()
            counts[finding.verdict] += 1
            yield finding

    return walk()


def _print(finding: Finding, columns: int | None) -> None:
    if finding.verdict is Verdict.UNCHANGED:
        return
    name = f"a{finding.article_id}  {one_line(finding.title or '')}".rstrip()
    file = f"  (f{finding.file_id} {one_line(finding.file or '')})" if finding.file_id else ""
    say(name + file)
    if finding.difference is None:
        say(f"    {finding.verdict.value.replace('_', ' ')}: {one_line(finding.detail or '')}")
        return
    if finding.new_file_id is not None:
        say(f"    is read again as f{finding.new_file_id}")
    _print_difference(finding.difference, columns)


def _print_difference(difference: Difference, columns: int | None) -> None:
    room = columns and columns - 4
    for change in difference.fields:
        before = _value(change.before, change.before_source)
        after = _value(change.after, change.after_source)
        say(f"    {change.name}")
        say(f"      - {shortened(before, room and room - 4)}")
        say(f"      + {shortened(after, room and room - 4)}")
    for mark, topics in (("+", difference.topics_gained), ("-", difference.topics_lost)):
        if topics:
            say(f"    topics {mark} {', '.join(topics)}")
    shown = difference.text if columns is None else difference.text[:MOST_DIFFERING_LINES]
    for line in shown:
        mark, text = ("", line) if line.startswith("@@") else (f"{line[:1]} ", line[1:])
        if mark != "  " or text:
            say(f"    {mark}{shortened(text, room and room - len(mark))}".rstrip())
    if len(shown) < len(difference.text):
        say(f"    … and {len(difference.text) - len(shown)} more lines (--full)")


def _value(value: str | None, source: str | None) -> str:
    if value is None:
        return "(unknown)"
    return f"{value}   ({source})" if source else value


def _print_counts(counts: Counter[Verdict], *, applied: bool) -> None:
    changed, same = counts[Verdict.CHANGED], counts[Verdict.UNCHANGED]
    rest = [
        f"{counts[verdict]} {words}"
        for verdict, words in (
            (Verdict.REFUSED, "refused by the cleaner of today and left as they are"),
            (Verdict.UNREADABLE, "without a readable original"),
            (Verdict.PASSED_OVER, "passed over"),
        )
        if counts[verdict]
    ]
    verb = "now being cleaned again" if applied else "would change"
    say("; ".join([f"{changed} {verb}, {same} unchanged", *rest]))
    if changed and not applied:
        say("nothing is stored yet; the same with --apply makes a revision of each")
    elif changed:
        say("newswatch run (if it does not run already) reads, links and matches them")

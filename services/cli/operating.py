"""`queues`, `dead`, `retry`, `trace`, `audit`, `doctor`: operating it."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.opening import opened, settings_of
from services.cli.output import (
    Json,
    duration,
    one_line,
    print_json,
    print_table,
    say,
    say_left_out,
)
from services.console.audit import AuditLine, Originals
from services.console.audit import audit as check_books
from services.console.doctor import ROLE_CHECKS, checks
from services.console.inbox import lying_words
from services.console.queries import QueueReport, RecordId, parse_id
from services.console.queries import dead as dead_groups
from services.console.queries import queues as report_queues
from services.console.queries import trace as follow
from services.console.queries.queues import all_dead
from services.console.store import retry as put_back
from shared.errors import NewswatchError, ServiceUnreachableError, SettingsError
from shared.runtime import Runtime, open_runtime


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (queues, dead, retry, trace, audit, doctor):
        app.command()(command)


def queues(context: typer.Context, as_json: Json = False) -> None:
    """Show what waits at each step, the oldest age first, and who works."""
    with opened(context) as runtime:
        with runtime.database.read() as connection:
            report = report_queues(connection, runtime.database.now(connection))
        rung = _rung(runtime, report)
        inbox = runtime.settings.inbox
        lying = "" if report.is_taking else lying_words(inbox.dir, stay=inbox.take == "leave")
    if as_json:
        print_json(
            {
                "headline": report.headline,
                "keeping_up": report.is_keeping_up,
                "inbox": lying,
                "steps": report.steps,
                "jobs": rung,
                "workers": report.workers,
            }
        )
        return
    say(report.headline)
    if lying:
        say(f"{lying}: newswatch run")
    print_table(
        ("step", "due", "oldest", "working", "later", "dead", "jobs", "workers"),
        [
            (
                step.backlog.step,
                step.backlog.due,
                _age(step.backlog.oldest_seconds),
                step.backlog.leased,
                step.backlog.later,
                step.backlog.dead,
                rung[step.queue] if rung else None,
                step.live_workers,
            )
            for step in report.steps
        ],
    )


def _rung(runtime: Runtime, report: QueueReport) -> dict[str, int] | None:
    """Return the jobs in Redis by queue; None in one process, and when Redis does not answer."""
    if runtime.broker.is_embedded:
        return None
    try:
        runtime.broker.check()
    except ServiceUnreachableError as error:
        say(f"newswatch: {error} (the figures below are the database's, and right)", err=True)
        return None
    return {step.queue: runtime.broker.queued(step.queue) for step in report.steps}


def _age(seconds: float | None) -> str:
    return "-" if seconds is None else duration(max(seconds, 0.0))


def dead(context: typer.Context, as_json: Json = False) -> None:
    """List what was given up, grouped by what went wrong; exit 1 when there is any."""
    with opened(context) as runtime, runtime.database.read() as connection:
        groups = dead_groups(connection)
    if as_json:
        print_json({"groups": groups, "total": sum(group.count for group in groups)})
    elif not groups:
        say("nothing is dead")
    else:
        for group in groups:
            say(f"{group.count} × {group.died_in}: {one_line(group.signature)}")
            say(f"    {one_line(group.example)[:300]}")
            shown = " ".join(str(record) for record in group.ids[:10])
            more = f" and {group.count - 10} more" if group.count > 10 else ""
            say(f"    newswatch retry {shown}{more}")
    if groups:
        raise typer.Exit(1)


def retry(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="f12 a17 m6 …")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is dead.")] = False,
    as_json: Json = False,
) -> None:
    """Put dead or rejected rows back to where they stood, with fresh attempts."""
    if bool(ids) == everything:
        raise SettingsError("retry: give ids, or --all for everything that is dead")
    with opened(context) as runtime:
        with runtime.database.write() as connection:
            records: list[RecordId] = [parse_id(text) for text in ids or ()]
            if everything:
                records = list(all_dead(connection))
            report = put_back(runtime.work, connection, records)
        for job, numbers in report.rings:
            runtime.broker.ring(job, numbers)
    if as_json:
        print_json({"matched": report.matched, "done": report.done, "refused": report.refused})
    else:
        say(f"{len(report.done)} of {len(records)} put back")
        for refusal in report.refused:
            say(f"    {refusal.id}: {refusal.why}")
    if report.refused:
        raise typer.Exit(4)


def trace(
    context: typer.Context,
    asked: Annotated[str, typer.Argument(metavar="FILE-OR-ID", help="A name, or f12 a17 al5 m6.")],
    as_json: Json = False,
) -> None:
    """Follow one file from the inbox to the last message it led to."""
    with opened(context) as runtime, runtime.database.read() as connection:
        page = follow(connection, asked)
    if as_json:
        print_json({"traces": page.rows, "total": page.total})
    if not page.rows:
        raise NewswatchError(
            f"nothing is known of {asked!r}; give a file's name, or an id such as f12, a17, al5, m6"
        )
    if as_json:
        return
    for found in page:
        say(f"f{found.file.id}  {one_line(found.file.name)}")
        for step in found.steps:
            at = f"{step.at:%Y-%m-%d %H:%M:%S}" if step.at else " " * 19
            say(f"  {at}  {step.step:<12} {step.id!s:<6} {one_line(step.words)}")
    say_left_out(len(page.rows), page.total)


def audit(
    context: typer.Context,
    originals: Annotated[str, typer.Option(help="Re-hash: sample, all or none.")] = "sample",
    as_json: Json = False,
) -> None:
    """Check that the books balance; name every difference by id; exit 1 if there is one."""
    choices: dict[str, Originals] = {"sample": "sample", "all": "all", "none": "none"}
    if originals not in choices:
        raise SettingsError(f"--originals {originals}: expected sample, all or none")
    with opened(context) as runtime:
        report = check_books(runtime, verify_originals=choices[originals])
    if as_json:
        print_json({"ok": report.ok, "lines": [_line(line) for line in report.lines]})
    else:
        for line in report.lines:
            say(f"{'ok ' if line.ok else 'NO '} {line.name}: {line.words}")
            for difference in line.differences:
                ids = " ".join(str(record) for record in difference.ids)
                say(f"      {ids}: {difference.words}   {difference.mend}")
            say_left_out(len(line.differences), line.difference_count)
        say("the books balance" if report.ok else "the books do NOT balance")
    if not report.ok:
        raise typer.Exit(1)


def _line(line: AuditLine) -> dict[str, object]:
    return {
        "name": line.name,
        "ok": line.ok,
        "words": line.words,
        "left": dict([line.left]),
        "right": dict(line.right),
        "differences": line.differences,
        "difference_count": line.difference_count,
    }


def doctor(
    context: typer.Context,
    role: Annotated[str | None, typer.Option(help="Only what this service needs.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the exit code.")] = False,
    as_json: Json = False,
) -> None:
    """Say in words what is wrong and what to do; exit 1 when something is."""
    if role is not None and role not in ROLE_CHECKS:
        raise SettingsError(f"--role {role}: expected one of {', '.join(ROLE_CHECKS)}")
    runtime = open_runtime(settings_of(context), may_create=False)
    found = checks(runtime, role)
    runtime.close()
    if as_json:
        print_json({"ok": all(check.ok for check in found), "checks": found})
    elif not quiet:
        for check in found:
            say(f"{'ok ' if check.ok else 'NO '} {check.name}: {check.words}")
            if not check.ok:
                say(f"       {check.what_to_do}")
    if not all(check.ok for check in found):
        raise typer.Exit(1)

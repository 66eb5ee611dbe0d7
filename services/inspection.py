"""Reading, tagging and matching a file without storing anything: what `inspect` shows."""

from __future__ import annotations

import dataclasses
import errno
import os
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.console.rule_file import RuleFileError, parse_rule_file
from services.extract.drafts import draft_article, readable, spans_json
from services.extract.outcome import LineFate
from services.extract.sandbox import Member, MembersError, Reading, ReadRequest, Rejection, Sandbox
from shared.clock import utc_now
from shared.errors import NewswatchError, SettingsError
from shared.model import CleanArticle, Readable
from shared.query import CompiledRule, Outcome, analyse, because, compile_rule, evaluate, parse
from shared.settings import Settings
from shared.topics import load_taxonomy


def _bytes_of(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        # A pipe would keep us waiting for ever.
        raise OSError(errno.EINVAL, "not a regular file")
    return path.read_bytes()


def files_of(path: Path) -> Iterator[Path]:
    """Yield *path*, or for a folder every file below it in the order of names; no links."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        yield from (
            found for name in sorted(names) if not (found := Path(folder, name)).is_symlink()
        )


class Inspector:
    """Looks at files with the same functions as the workers, and no database."""

    def __init__(self, settings: Settings, rules: Path | None) -> None:
        """Load the taxonomy, and the *rules* file if there is one.

        Raises:
            SettingsError: the rule file has a mistake.
        """
        self._settings = settings
        self._taxonomy = load_taxonomy(settings.topics.dir)
        self._rules = self._load_rules(rules) if rules else {}
        self._sandbox = Sandbox(
            time_seconds=settings.extract.time_seconds, memory_bytes=settings.extract.memory_bytes
        )

    def close(self) -> None:
        """End the reading process."""
        self._sandbox.close()

    def look_at(self, path: Path) -> Iterator[dict[str, Any]]:
        """Yield one answer for each article, rejection, container and member in the file.

        A file that cannot be read at all has the outcome `unreadable`; a container comes before its
        members and names them.
        """
        try:
            data = _bytes_of(path)
            modified_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError as error:
            answer: dict[str, Any] = {"file": str(path), "item": None, "format": None}
            yield _empty(answer) | {"outcome": "unreadable", "detail": error.strerror}
            return
        request = ReadRequest(
            name=path.name,
            modified_at=modified_at,
            received_at=utc_now(),
            max_bytes=self._settings.inbox.max_bytes,
            explain=True,
        )
        yield from self._read(str(path), None, data, request)

    def _read(
        self, file: str, item: str | None, data: bytes, request: ReadRequest
    ) -> Iterator[dict[str, Any]]:
        reading = self._sandbox.read(data, request)
        answer: dict[str, Any] = {"file": file, "item": item, "format": reading.format}
        told = {"notes": list(reading.notes), "lines": _lines(reading)}
        if reading.rejection is not None:
            reason = f"rejected:{reading.rejection.reason.value}"
            refused = {"outcome": reason, "detail": reading.rejection.detail}
            yield _empty(answer) | told | refused
        elif reading.members:
            yield from self._members(answer, told, data, request)
        elif reading.article is not None:
            detail = " ".join(reading.notes) or None
            article = {"outcome": "article", "detail": detail} | self._article(reading.article)
            yield _empty(answer) | told | article

    def _members(
        self, answer: dict[str, Any], told: dict[str, Any], data: bytes, request: ReadRequest
    ) -> Iterator[dict[str, Any]]:
        # Read them all first: reading a member ends the walk through its container.
        members, notes, broken = _walk(self._sandbox.members(data, request))
        yield (
            _empty(answer)
            | told
            | {
                "outcome": "container",
                "detail": broken.detail if broken else None,
                "notes": [*told["notes"], *notes],
                "members": [member.name for member in members],
            }
        )
        for member in members:
            if member.rejection:
                reason = f"rejected:{member.rejection.reason.value}"
                refused = {"outcome": reason, "detail": member.rejection.detail}
                yield (
                    _empty({"file": answer["file"], "item": member.name, "format": "unknown"})
                    | refused
                )
                continue
            depth, outlet = request.depth + 1, request.outlet or member.outlet
            inner = dataclasses.replace(request, name=member.name, depth=depth, outlet=outlet)
            yield from self._read(answer["file"], member.name, member.data, inner)
        if broken:
            outcome = {"outcome": f"rejected:{broken.reason.value}", "detail": broken.detail}
            yield _empty(answer | {"item": None}) | outcome

    def _article(self, clean: CleanArticle) -> dict[str, Any]:
        draft = draft_article(clean, received_at=utc_now(), taxonomy=self._taxonomy)
        columns = draft.columns
        published = columns["published_at"]
        seen = dataclasses.replace(
            readable(columns),
            topics={tag.topic: tag.level for tag in draft.tags},
            topic_evidence={tag.topic: tag.evidence for tag in draft.tags},
        )
        analysed = analyse(seen)
        rules = []
        for name, rule in self._rules.items():
            verdict = evaluate(rule, analysed)
            rules.append(
                {
                    "name": name,
                    "matched": verdict.outcome is Outcome.MATCHED,
                    "outcome": verdict.outcome.value,
                    "evidence": spans_json(verdict.evidence),
                    "because": list(because(verdict, seen)),
                    "why_not": list(verdict.why_not),
                }
            )
        return {
            "title": columns["title"],
            "published": published.isoformat() if published else None,
            "published_source": columns["published_source"],
            "author": columns["authors"],
            "outlet": columns["outlet"],
            "language": columns["language"],
            "text": columns["text"],
            "fields": columns["fields"],
            "topics": [
                {"id": tag.topic, "level": tag.level, "evidence": spans_json(tag.evidence)}
                for tag in draft.tags
            ],
            "rules": rules,
        }

    def _load_rules(self, path: Path) -> dict[str, CompiledRule]:
        try:
            text = path.read_text("utf-8")
            found = parse_rule_file(text, path.name, list(self._taxonomy.topics))
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8 text"
            raise SettingsError(f"rule file {path}: {reason}") from None
        except RuleFileError as error:
            raise SettingsError(str(error)) from None
        return {rule.name: compile_rule(parse(rule.query)) for rule in found.rules}


def _lines(reading: Reading) -> list[dict[str, Any]]:
    """Return what became of each line; every line of the text where the format does not tell."""
    lines = reading.lines
    if not lines and reading.article is not None:
        lines = tuple(LineFate(line) for line in reading.article.text.splitlines() if line.strip())
    return [dataclasses.asdict(line) for line in lines]


def _walk(
    walk: Generator[Member, None, tuple[str, ...]],
) -> tuple[list[Member], tuple[str, ...], Rejection | None]:
    """Give all members, the notes about what was passed over, and why the walk broke off if so."""
    members: list[Member] = []
    while True:
        try:
            members.append(next(walk))
        except StopIteration as end:
            return members, end.value or (), None
        except MembersError as error:
            return members, (), error.rejection


def _empty(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {
        "title": None,
        "published": None,
        "published_source": None,
        "author": [],
        "outlet": None,
        "language": None,
        "text": "",
        "fields": {},
        "notes": [],
        "lines": [],
        "members": [],
        "topics": [],
        "rules": [],
    }


def evaluate_text(settings: Settings, query: str, path: Path, text: str | None) -> dict[str, Any]:
    """Try a rule that parses on one file, or on *text* if it is given.

    Raises:
        SettingsError: there is no such file.
        NewswatchError: the file gives no article.
    """
    if text is None:
        inspector = Inspector(settings, None)
        try:
            item = next(
                found for found in inspector.look_at(path) if found["outcome"] != "container"
            )
        finally:
            inspector.close()
        if item["outcome"] == "unreadable":
            raise SettingsError(f"{path}: {item['detail']}")
        if item["outcome"] != "article":
            raise NewswatchError(f"{path}: {item['outcome']}: {item['detail']}")
        seen = Readable(
            title=item["title"],
            text=item["text"],
            outlet=item["outlet"],
            language=item["language"],
            topics={topic["id"]: topic["level"] for topic in item["topics"]},
        )
    else:
        seen = Readable(title="", text=text)
    verdict = evaluate(compile_rule(parse(query)), analyse(seen))
    return {
        "outcome": verdict.outcome.value,
        "evidence": spans_json(verdict.evidence),
        "because": list(because(verdict, seen)),
        "why_not": list(verdict.why_not),
    }

"""Count the books: every dropped file and every match is accounted for, each difference by id.

Each check is set-based SQL over one snapshot, so it runs while the services work.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select, text

from services.console.auditing.difference import AuditLine, Difference, audit_line
from services.console.auditing.files import audit_containers, audit_files
from services.console.auditing.ledger import audit_ledger, audit_told
from services.console.auditing.stories import audit_alerts, audit_stories
from services.console.queries.ids import RecordId, RecordKind
from shared.runtime import Runtime
from shared.tables import files

Originals = Literal["sample", "all", "none"]
SAMPLE = 200

Check = Callable[[Connection], AuditLine]
CHECKS: tuple[Check, ...] = (
    audit_files,
    audit_containers,
    audit_stories,
    audit_ledger,
    audit_told,
    audit_alerts,
)

__all__ = ["AuditLine", "AuditReport", "Difference", "Originals", "audit"]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The lines of the books."""

    lines: tuple[AuditLine, ...]

    @property
    def ok(self) -> bool:
        """Whether every line balances."""
        return all(line.ok for line in self.lines)


def audit(runtime: Runtime, *, verify_originals: Originals = "sample") -> AuditReport:
    """Check the books of section 4 of docs/architecture.md, and the originals in the archive.

    Originals: a random `sample` of 200, `all` (every byte is read) or `none`.
    """
    with runtime.database.read() as connection:
        if not runtime.database.is_sqlite:
            # All statements must see one moment, or a working system never balances.
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        lines = [check(connection) for check in CHECKS]
        wanted = _originals(connection, verify_originals)
    if verify_originals != "none":
        lines.append(_audit_originals(runtime, wanted, verify_originals))
    return AuditReport(tuple(lines))


def _originals(connection: Connection, verify: Originals) -> list[tuple[str, int]]:
    """Return (address, a file with it) of the originals to look at."""
    if verify == "none":
        return []
    query = select(files.c.sha256, files.c.id).where(files.c.sha256 != "")
    if verify == "all":
        return _once_each(connection.execute(query.order_by(files.c.sha256, files.c.id)).all())
    # Addresses are hashes: those after a random point are a random sample, found by the index.
    ordered = query.order_by(files.c.sha256, files.c.id).limit(SAMPLE)
    start = secrets.token_hex(32)
    rows = list(connection.execute(ordered.where(files.c.sha256 >= start)).all())
    rows += connection.execute(ordered.where(files.c.sha256 < start)).all()
    return _once_each(rows)[:SAMPLE]


def _once_each(rows: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for sha256, file_id in rows:
        found.setdefault(sha256, file_id)
    return list(found.items())


def _audit_originals(
    runtime: Runtime, wanted: Sequence[tuple[str, int]], verify: Originals
) -> AuditLine:
    differences = []
    for sha256, file_id in wanted:
        wrong = runtime.archive.verify(sha256)
        if wrong is not None:
            record = RecordId(RecordKind.FILE, file_id)
            words = f"{record}: its original {sha256[:12]}… is {wrong}"
            mend = f"restore archive/{sha256[:2]}/{sha256[2:4]}/{sha256} from a backup"
            differences.append(Difference((record,), words, mend))
    which = "all" if verify == "all" else f"a sample of {len(wanted)}"
    return audit_line(
        f"originals in the archive ({which})",
        left=("looked at", len(wanted)),
        right=(("present and unchanged", len(wanted) - len(differences)),),
        differences=differences,
        total=len(differences),
    )

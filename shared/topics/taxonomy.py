"""The taxonomy: its branches read, checked against their own examples, and compiled once."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Final

from shared.errors import SettingsError
from shared.query import RuleSet
from shared.topics.branch import read_branch
from shared.topics.examples import failing_examples
from shared.topics.topic import Expression, Topic

BRANCH_SIZE_LIMIT: Final = 1_000_000
"""Bytes of one branch file; a larger one is refused."""


class TaxonomyError(SettingsError):
    """A taxonomy that cannot be used; `errors` names every fault and every failing example."""

    def __init__(self, errors: Iterable[str]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(self.errors))


@dataclass(frozen=True)
class Taxonomy:
    """All topics by id. `version` changes with any byte of any branch."""

    version: str
    topics: Mapping[str, Topic]

    @cached_property
    def expressions(self) -> tuple[tuple[Topic, Expression], ...]:
        """Every expression with its topic, in a fixed order."""
        return tuple((topic, one) for topic in self.topics.values() for one in topic.expressions)

    @cached_property
    def rules(self) -> RuleSet:
        """The index over all expressions, numbered as in `expressions`."""
        return RuleSet(0, {n: one.compiled for n, (_, one) in enumerate(self.expressions)})


def load_taxonomy(folder: Path | None = None) -> Taxonomy:
    """Return the topics that come with newswatch and those of the `*.toml` branches in *folder*.

    Raises:
        TaxonomyError: naming every fault in every branch and every example that fails.
    """
    errors: list[str] = []
    topics: list[Topic] = []
    sources = _sources(folder, errors)
    for name, content in sources:
        try:
            topics += read_branch(name, tomllib.loads(content.decode("utf-8")), errors)
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            errors.append(f"{name}: not readable as TOML: {error}")
    errors += _cross_faults(topics)
    if not errors:
        errors += (line for topic in topics for line in failing_examples(topic))
    if errors:
        raise TaxonomyError(errors)
    return Taxonomy(_version(sources), {topic.id: topic for topic in topics})


def _sources(folder: Path | None, errors: list[str]) -> list[tuple[str, bytes]]:
    own = resources.files("shared.topics").joinpath("branches")
    found = [
        (f"built-in {e.name}", e.read_bytes()) for e in own.iterdir() if e.name.endswith(".toml")
    ]
    if folder is not None:
        for path in folder.glob("*.toml"):
            try:
                if path.stat().st_size > BRANCH_SIZE_LIMIT:
                    errors.append(f"{path.name}: larger than {BRANCH_SIZE_LIMIT} bytes")
                else:
                    found.append((path.name, path.read_bytes()))
            except OSError as error:
                errors.append(f"{path.name}: not readable: {error.strerror}")
    return sorted(found)


def _version(sources: list[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, content in sources:
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _cross_faults(topics: list[Topic]) -> list[str]:
    """Ids given twice, `broader` ids that do not exist, and circles of `broader`."""
    faults: list[str] = []
    by_id: dict[str, Topic] = {}
    for topic in topics:
        if topic.id in by_id:
            faults.append(f"{topic.branch}: topic {topic.id} is also in {by_id[topic.id].branch}")
        by_id.setdefault(topic.id, topic)
    for topic in topics:
        if topic.broader is not None and topic.broader not in by_id:
            faults.append(
                f"{topic.branch}: topic {topic.id}: broader topic {topic.broader} is unknown"
            )
        elif _is_circular(topic, by_id):
            faults.append(f"{topic.branch}: topic {topic.id}: its broader topics form a circle")
    return faults


def _is_circular(topic: Topic, by_id: Mapping[str, Topic]) -> bool:
    above, seen = topic.broader, {topic.id}
    while above is not None and above in by_id:
        if above in seen:
            return True
        seen.add(above)
        above = by_id[above].broader
    return False

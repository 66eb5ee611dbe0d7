"""Loads `phrases.toml`: what pages say that articles do not."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import resources

_ENDING = r"[\s.:!>»→…]{0,6}"


@dataclass(frozen=True, slots=True)
class Phrases:
    """Compiled patterns: `within` is searched in a line, the others match a whole one."""

    phrase: re.Pattern[str]
    cut: re.Pattern[str]
    within: re.Pattern[str]
    comments: re.Pattern[str]


def load_phrases() -> Phrases:
    """Read the phrases that come with newswatch; re.error names an entry that is no pattern."""
    text = resources.files(__package__).joinpath("phrases.toml").read_text("utf-8")
    found = tomllib.loads(text)
    whole = {
        kind: [entry for entries in found[kind].values() for entry in entries] for kind in found
    }
    return Phrases(
        phrase=_compiled(whole["phrase"], r"^(?:{})" + _ENDING + "$"),
        cut=_compiled(whole["cut"], r"^(?:{})" + _ENDING + "$"),
        within=_compiled(whole["within"], r"(?:{})"),
        comments=_compiled(whole["comments"], r"^(?:{})" + _ENDING + "$"),
    )


def _compiled(entries: list[str], frame: str) -> re.Pattern[str]:
    joined = "|".join(entry.replace(" ", r"\s") for entry in entries)
    return re.compile(frame.replace("{}", joined), re.IGNORECASE)

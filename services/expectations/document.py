"""The golden answer as written in expected.toml: its shape, and no contradictions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import SettingsError

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Range = tuple[Share, Share]


class _Table(BaseModel):
    """A table of the file; a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Totals(_Table):
    """How many of each there are in all."""

    files: int
    containers: int
    members: int
    articles: int
    new: int
    exact_copies: int
    revisions: int
    rejected: int
    stories: int
    alerts: int
    ledger_rows: int
    told: int
    suppressed: int


class ExpectedFile(_Table):
    """A file's outcome; for an article also its story, outlet (slug) and day of publication."""

    outcome: str
    story: str | None = None
    outlet: str | None = None
    published: str | None = None
    language: str | None = None
    members: int | None = None


class ExpectedStory(_Table):
    """A story by its label, with everything a list says of it."""

    label: str
    articles: list[str]
    outlets: int
    independent: int
    title_words: list[str]
    lead: str | None = None


class ChangedFigure(_Table):
    """A figure that *file* gives otherwise than an earlier article of its story."""

    story: str
    file: str
    before: str
    after: str


class Pair(_Table):
    """Two articles and the relation between them, with what each covers of the other."""

    a: str
    b: str
    relation: Literal["exact", "near_duplicate", "contained", "overlap", "same_event"]
    a_covered: Annotated[Range | None, Field(strict=False)] = None
    b_covered: Annotated[Range | None, Field(strict=False)] = None
    adds: int | None = None


class Unrelated(_Table):
    """Articles of which no two may have a relation, and what trap they set."""

    why: str
    files: list[str]


class Relations(_Table):
    """Relations that must be, and those that must not."""

    pair: list[Pair] = []
    none: list[Unrelated] = []


class Tags(_Table):
    """Topics that an article must have and must not have; any other may be there or not."""

    file: str
    must: list[str]
    must_not: list[str]


class _Asked(_Table):
    rule: str | None = None
    topic: str | None = None

    @property
    def asked(self) -> str:
        """The name of the watch rule; that of a subscribed topic is `topic:<id>`."""
        return self.rule if self.rule is not None else f"topic:{self.topic}"


class ExpectedAlert(_Asked):
    """A rule or subscribed topic that matches articles of a story, and words of the reason."""

    story: str
    matched: list[str]
    because: list[str]


class LedgerRow(_Table):
    """What a subscription is told of one article, or not, and why."""

    file: str
    state: Literal["told", "held", "suppressed"]
    reason: str


class Ledger(_Asked):
    """The rows of one subscription and story."""

    subscriber: str
    story: str
    rows: list[LedgerRow]


class _Document(_Table):
    # `schema` is a name that pydantic keeps for itself.
    version: Literal[1] = Field(alias="schema")
    totals: Totals
    files: dict[str, ExpectedFile]
    story: list[ExpectedStory]
    changed_figure: list[ChangedFigure] = []
    relations: Relations = Relations()
    tags: list[Tags] = []
    alert: list[ExpectedAlert] = []
    ledger: list[Ledger] = []


class Expectations:
    """What the samples must come to."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Check the parsed expected.toml.

        Raises:
            SettingsError: a key is unknown or missing, a value is not of its kind, or the answer
                contradicts itself; with every mistake found.
        """
        try:
            found = _Document.model_validate(dict(document))
        except ValidationError as error:
            raise _refusal(_mistake(each) for each in error.errors()) from None
        self.totals = found.totals
        self.files = found.files
        self.stories = {story.label: story for story in found.story}
        self.changed_figures = tuple(found.changed_figure)
        self.pairs = tuple(found.relations.pair)
        self.unrelated = tuple(found.relations.none)
        self.tags = tuple(found.tags)
        self.alerts = tuple(found.alert)
        self.ledgers = tuple(found.ledger)
        if contradictions := [*self._unknown_names(), *self._strays(found.story)]:
            raise _refusal(contradictions)

    def _unknown_names(self) -> Iterable[str]:
        """Yield every file or story that is named somewhere but not listed."""
        files = {
            *(file for story in self.stories.values() for file in story.articles),
            *(figure.file for figure in self.changed_figures),
            *(file for pair in self.pairs for file in (pair.a, pair.b)),
            *(file for group in self.unrelated for file in group.files),
            *(tags.file for tags in self.tags),
            *(file for alert in self.alerts for file in alert.matched),
            *(row.file for ledger in self.ledgers for row in ledger.rows),
        }
        yield from (f"file {file} is not in [files]" for file in sorted(files - self.files.keys()))
        stories = {
            *(file.story for file in self.files.values() if file.story is not None),
            *(figure.story for figure in self.changed_figures),
            *(alert.story for alert in self.alerts),
            *(ledger.story for ledger in self.ledgers),
        }
        unknown = sorted(stories - self.stories.keys())
        yield from (f"story {label} has no [[story]]" for label in unknown)

    def _strays(self, stories: list[ExpectedStory]) -> Iterable[str]:
        """Yield where [files] and [[story]] disagree on who belongs where."""
        if len(stories) > len(self.stories):
            yield "two [[story]] have one label"
        for label, story in self.stories.items():
            own = {name for name, file in self.files.items() if file.story == label}
            for name in sorted(own ^ set(story.articles)):
                yield f"story {label} and [files] disagree on {name}"


def _mistake(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    return f"{place}: {error['msg']}"


def _refusal(mistakes: Iterable[str]) -> SettingsError:
    return SettingsError("expected.toml: " + "\n    ".join(mistakes))

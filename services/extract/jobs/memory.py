"""What a link worker remembers between articles, and the profiles it had to make."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from services.extract.comparing import Compared, StoredArticle, break_up, mask_hash
from services.extract.novelty import KnownText, read_text
from services.extract.reuse import Spans, tokenize
from services.extract.store.profiles import StoredProfile, load_profiles

KEPT_ARTICLES = 1000
# With its tokens, a text takes about 60 times its characters in bytes.
KEPT_CHARACTERS = 5_000_000
# The members of the stories that grow now: about 20 KB each, beside their tokens.
KEPT_TEXTS = 600


@dataclass
class Memory:
    """Articles compared lately; their text never changes, and their mask is asked for anew.

    `looked_at` counts the candidates that were asked for.
    """

    looked_at: int = 0
    most_characters: int = KEPT_CHARACTERS
    _kept: OrderedDict[int, Compared] = field(default_factory=OrderedDict)
    _read: OrderedDict[int, KnownText] = field(default_factory=OrderedDict)
    _made: dict[int, StoredProfile] = field(default_factory=dict)
    _characters: int = 0

    def kept(self, masks: Mapping[int, Spans]) -> dict[int, Compared]:
        """Return those that need not be loaded, by id; each counts as used.

        *masks* are the masks of now: of one that another worker has masked anew, nothing is known.
        """
        self.looked_at += len(masks)
        found = {
            article_id: self._kept[article_id]
            for article_id, spans in masks.items()
            if article_id in self._kept and self._kept[article_id].article.furniture == spans
        }
        for article_id in found:
            self._kept.move_to_end(article_id)
        return found

    def ready(
        self, connection: Connection, stored: Mapping[int, StoredArticle]
    ) -> dict[int, Compared]:
        """Return the articles *stored* ready to be compared, by id, from their stored profiles."""
        profiles = load_profiles(connection, stored.keys())
        return {key: self._ready(article, profiles.get(key)) for key, article in stored.items()}

    def made(self) -> dict[int, StoredProfile]:
        """Return the profiles made since this was asked last: to be stored, by article."""
        made, self._made = self._made, {}
        return made

    def _ready(self, article: StoredArticle, profile: StoredProfile | None) -> Compared:
        wanted = mask_hash(article.furniture)
        if profile is not None and profile.mask_hash == wanted:
            return self._keep(Compared(article, profile.packed))
        made = break_up(article)
        self._made[article.id] = StoredProfile(wanted, made.packed)
        return self._keep(made)

    def _keep(self, one: Compared) -> Compared:
        if (old := self._kept.pop(one.article.id, None)) is not None:
            self._characters -= len(old.article.text)
        self._kept[one.article.id] = one
        self._characters += len(one.article.text)
        while len(self._kept) > KEPT_ARTICLES or (
            self._characters > self.most_characters and len(self._kept) > 1
        ):
            _, least = self._kept.popitem(last=False)
            self._characters -= len(least.article.text)
        return one

    def read(self, article: StoredArticle) -> KnownText:
        """Return *article* as novelty compares it."""
        found = self._read.pop(article.id, None)
        if found is None:
            kept = self._kept.get(article.id)
            tokens = kept.tokens if kept else tokenize(article.text)
            found = read_text(article.id, article.text, tokens)
        self._read[article.id] = found
        if len(self._read) > KEPT_TEXTS:
            self._read.popitem(last=False)
        return found

    def already_read(self, ids: Iterable[int]) -> dict[int, KnownText]:
        """Return those of *ids* whose texts need not be loaded, by id; each counts as used."""
        found = {
            article_id: self._read[article_id] for article_id in ids if article_id in self._read
        }
        for article_id in found:
            self._read.move_to_end(article_id)
        return found

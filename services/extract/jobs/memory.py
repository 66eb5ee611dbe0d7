"""What a link worker remembers between articles, and the profiles it had to make."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from services.extract.comparing import Compared, StoredArticle, break_up, mask_hash
from services.extract.store.profiles import StoredProfile, load_profiles

KEPT_ARTICLES = 1000


@dataclass
class Memory:
    """Articles compared lately; their text never changes, and a mask is told by its hash.

    `looked_at` counts the candidates that were asked for.
    """

    looked_at: int = 0
    _kept: OrderedDict[int, Compared] = field(default_factory=OrderedDict)
    _made: dict[int, StoredProfile] = field(default_factory=dict)

    def kept(self, ids: Collection[int]) -> dict[int, Compared]:
        """Return those of *ids* that need not be loaded, by id; each counts as used."""
        self.looked_at += len(ids)
        found = {
            article_id: self._kept[article_id] for article_id in ids if article_id in self._kept
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
        self._kept[one.article.id] = one
        self._kept.move_to_end(one.article.id)
        if len(self._kept) > KEPT_ARTICLES:
            self._kept.popitem(last=False)
        return one

"""What a link worker remembers between articles."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.extract.comparing import Compared, StoredArticle, break_up

KEPT_ARTICLES = 2000


@dataclass
class Memory:
    """Articles broken up lately; their text never changes, so nothing here can be stale."""

    _kept: OrderedDict[int, Compared] = field(default_factory=OrderedDict)

    def get(self, article: StoredArticle) -> Compared:
        """Return *article* broken up."""
        found = self._kept.pop(article.id, None) or break_up(article)
        self._kept[article.id] = found
        if len(self._kept) > KEPT_ARTICLES:
            self._kept.popitem(last=False)
        return found

    def kept(self, ids: Iterable[int]) -> dict[int, Compared]:
        """Return those of *ids* that need not be loaded, by id; each counts as used."""
        found = {
            article_id: self._kept[article_id] for article_id in ids if article_id in self._kept
        }
        for article_id in found:
            self._kept.move_to_end(article_id)
        return found

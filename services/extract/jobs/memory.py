"""What a link worker remembers between articles."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.extract.comparing import Compared, StoredArticle, break_up
from services.extract.novelty import KnownText, read_text
from services.extract.reuse import Spans

KEPT_ARTICLES = 2000
# The members of the stories that grow now: about 20 KB each, beside their tokens.
KEPT_TEXTS = 600


@dataclass
class Memory:
    """Articles broken up lately; their text never changes, and their mask is asked for anew."""

    _kept: OrderedDict[int, Compared] = field(default_factory=OrderedDict)
    _read: OrderedDict[int, KnownText] = field(default_factory=OrderedDict)

    def get(self, article: StoredArticle) -> Compared:
        """Return *article* broken up."""
        found = self._kept.pop(article.id, None)
        if found is None or found.article.furniture != article.furniture:
            found = break_up(article, found.tokens if found else None)
        self._kept[article.id] = found
        if len(self._kept) > KEPT_ARTICLES:
            self._kept.popitem(last=False)
        return found

    def kept(self, masks: Mapping[int, Spans]) -> dict[int, Compared]:
        """Return those that need not be loaded, by id; each counts as used.

        *masks* are the masks of now: of one that another worker has masked anew, nothing is known.
        """
        found = {
            article_id: self._kept[article_id]
            for article_id, spans in masks.items()
            if article_id in self._kept and self._kept[article_id].article.furniture == spans
        }
        for article_id in found:
            self._kept.move_to_end(article_id)
        return found

    def read(self, article: StoredArticle) -> KnownText:
        """Return *article* as novelty compares it."""
        found = self._read.pop(article.id, None)
        if found is None:
            found = read_text(article.id, article.text, self.get(article).tokens)
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

"""Four articles on two events, and the stories they make."""

from tests.e2e.corpus import (
    LANTERN,
    LANTERN_TITLE,
    QUARRY,
    QUARRY_RETOLD,
    QUARRY_RETOLD_TITLE,
    QUARRY_TITLE,
    record,
)

CORPUS = {
    "wire.json": record(QUARRY_TITLE, QUARRY, outlet="Osmund Wire", published="2026-03-01"),
    "copy.json": record(QUARRY_TITLE, QUARRY, outlet="Tarn Times", published="2026-03-01"),
    "retold.json": record(
        QUARRY_RETOLD_TITLE, QUARRY_RETOLD, outlet="Valley Voice", published="2026-03-02"
    ),
    "moth.json": record(LANTERN_TITLE, LANTERN, outlet="Tarn Times", published="2026-03-01"),
}
STORIES = {frozenset({"wire.json", "copy.json", "retold.json"}), frozenset({"moth.json"})}

"""
Extraction scored on labelled pages and copied texts.

Needs `NEWSWATCH_EVAL_DIR`: a folder whose `extraction/` holds `truth.json`, `pages/` and the scorer
`score.py` described in its README. The floors lie a little under what was reached when they were
set; raise them with every improvement.
"""

import gzip
import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.extract.outcome import ReadRequest
from services.extract.reading import read_file
from shared.model import Source

# kind -> least value of each measure (see score.py).
_FLOORS: dict[str, dict[str, float]] = {
    "html": {
        "body_f1": 0.963,
        "body_precision": 0.955,
        "body_recall": 0.968,
        "title_exact": 0.86,
        "title_fuzzy": 0.895,
        "date_day": 0.914,
        "author_set": 0.815,
        "language": 0.99,
    },
    "txt-region": {"body_f1": 0.936, "body_precision": 0.915, "body_recall": 0.95},
    "txt-full": {"body_f1": 0.908, "body_precision": 0.87, "body_recall": 0.94},
    "txt-seed": {
        "body_f1": 0.999,
        "title_exact": 1.0,
        "date_day": 1.0,
        "author_set": 1.0,
        "language": 1.0,
    },
}


@pytest.fixture(scope="module")
def folder() -> Path:
    given = os.environ.get("NEWSWATCH_EVAL_DIR")
    if not given:
        pytest.skip("NEWSWATCH_EVAL_DIR is not set: extraction was NOT scored on labelled pages")
    return Path(given) / "extraction"


@pytest.fixture(scope="module")
def score(folder):
    spec = importlib.util.spec_from_file_location("extraction_score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.score


@pytest.mark.parametrize("kind", _FLOORS)
def test_extraction_is_no_worse_than_it_was(folder, score, kind):
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    chosen = {name: entry for name, entry in truth.items() if entry["kind"] == kind}
    answers = {
        name: _answer(name, (folder / entry["file"]).read_bytes()) for name, entry in chosen.items()
    }

    measured, _ = score(chosen, answers)

    below = {
        name: (measured[name], floor)
        for name, floor in _FLOORS[kind].items()
        if measured[name] < floor
    }
    assert below == {}, f"{kind}: (measured, floor) of {len(chosen)} files"
    if kind == "txt-seed":
        assert measured["date_invented"] == 0


def _answer(name: str, packed: bytes) -> dict[str, Any]:
    suffix = ".txt" if name.startswith("seed") or name.endswith(("-r", "-f")) else ".html"
    article = read_file(gzip.decompress(packed), ReadRequest(name + suffix)).article
    if article is None:
        return {}
    title = article.fields["title"]
    return {
        "title": title.value if title.source is not Source.GUESS else None,
        "published": article.value("published"),
        "author": list(article.authors),
        "text": article.text,
        "language": article.value("language"),
    }

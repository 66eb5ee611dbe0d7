"""Whether what came of the samples is what should have come of them: the golden answer.

`document` is the answer as written in expected.toml, `stored` what the database holds, and
`comparing` (pure) names every difference between the two.
"""

from __future__ import annotations

from services.expectations.comparing import compare, compare_grouping, compare_tags
from services.expectations.document import Expectations
from services.expectations.stored import Stored, read_stored
from shared.runtime import Runtime

__all__ = [
    "Expectations",
    "Stored",
    "compare",
    "compare_grouping",
    "compare_tags",
    "compare_with",
    "read_stored",
]


def compare_with(expected: Expectations, runtime: Runtime) -> list[str]:
    """Return every difference between what is stored and *expected*, a line each; empty: none."""
    with runtime.database.read() as connection:
        return compare(expected, read_stored(connection))

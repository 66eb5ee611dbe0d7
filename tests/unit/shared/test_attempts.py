"""How an error is put into words for the row that it befell."""

import pytest

from shared.attempts import in_words
from shared.work import ERROR_CHARACTERS


def _raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as raised:
        return raised


@pytest.mark.parametrize(
    ("error", "first"),
    [
        pytest.param(ValueError("byte 7"), "ValueError: byte 7", id="short"),
        pytest.param(ValueError("byte 7\n" + "x" * 5000), "ValueError: byte 7", id="many lines"),
        pytest.param(
            ValueError("x" * 5000), f"ValueError: {'x' * 488} … (4512 more characters)", id="long"
        ),
        pytest.param(RuntimeError(), "RuntimeError: RuntimeError", id="without a message"),
    ],
)
def test_the_cause_stands_first_and_the_end_of_the_traceback_is_kept(error: Exception, first: str):
    said = in_words(_raised(error))
    assert said.splitlines()[0] == first
    assert len(said) <= ERROR_CHARACTERS
    assert said.endswith(str(error)[-100:])
    assert ("characters left out" in said) == (len(str(error)) > ERROR_CHARACTERS)

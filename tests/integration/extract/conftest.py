"""A pipeline that is worked through step by step, on both engines, at a time that stands still."""

from pathlib import Path

import pytest

from services.console.audit import audit
from tests.clocks import FixedClock
from tests.conftest import NewRuntime
from tests.e2e.books import Books
from tests.e2e.stepping import Stepper


@pytest.fixture
def stepper(new_runtime: NewRuntime, frozen_clock: FixedClock, tmp_path: Path) -> Stepper:
    return Stepper(new_runtime(clock=frozen_clock), tmp_path)


@pytest.fixture
def books(stepper: Stepper):
    """The books of `stepper`; they must balance when the test is over."""
    yield Books(stepper.runtime.database)
    report = audit(stepper.runtime, verify_originals="none")
    assert report.ok, [line.words for line in report.lines if not line.ok]

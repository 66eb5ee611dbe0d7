"""How a route reads: the database of the running console, by one short transaction a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Request
from sqlalchemy import Connection

from services.console.queries.comparing import Comparing
from shared.runtime import Runtime


def runtime_of(request: Request) -> Runtime:
    """Return the outside world of the running console."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def comparing_of(request: Request) -> Comparing:
    """Return what judges two articles that no stored link tells of."""
    comparing: Comparing = request.app.state.comparing
    return comparing


RuntimeOf = Annotated[Runtime, Depends(runtime_of)]
ComparingOf = Annotated[Comparing, Depends(comparing_of)]
# What the keys of both databases hold; a larger number is no row, not an error of the driver.
RowId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@contextmanager
def reading(runtime: Runtime) -> Iterator[tuple[Connection, datetime]]:
    """Open one reading transaction; yields the connection and the database's time."""
    with runtime.database.read() as connection:
        yield connection, runtime.database.now(connection)

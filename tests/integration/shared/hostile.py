"""Functions that only a job written into Redis by a stranger would name."""

called: list[str] = []


def callback(*_arguments: object) -> None:
    """Note that RQ ran us."""
    called.append("callback")


def job(*_arguments: object) -> None:
    """Note that a worker ran us."""
    called.append("job")

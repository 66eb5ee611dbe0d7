"""Logs to stderr: one line each, for people or as JSON, with the ids they are about."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from shared.settings import LogsSettings


class JsonLines(logging.Formatter):
    """One JSON object a line; what was given as `extra={"about": {...}}` becomes its own keys."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line = {
            **getattr(record, "about", {}),
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """`14:02:07 info extract: file read file=f12`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, with its traceback below."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        about = "".join(f" {key}={value}" for key, value in getattr(record, "about", {}).items())
        name = record.name.removeprefix("newswatch.")
        line = f"{at} {record.levelname.lower()} {name}: {record.getMessage()}{about}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def configure_logs(settings: LogsSettings, *, level: str | None = None) -> None:
    """Send newswatch's logs to stderr; libraries only from warnings on, RQ from errors on."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonLines() if settings.format == "json" else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[stream], force=True)
    logging.getLogger("newswatch").setLevel((level or settings.level).upper())
    # RQ sets its own level on the second: a parent's would not reach it.
    for name in ("rq", "rq.worker"):
        logging.getLogger(name).setLevel(logging.ERROR)

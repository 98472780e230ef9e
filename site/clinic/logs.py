"""Logging: one JSON object a line, made of allow-listed fields alone.

Log records of Django and of libraries carry requests, SQL parameters and exception texts, any of which may hold
what a patient wrote. So a line is built from fields that cannot: never `extra`, never local variables, and of an
exception its type and where it arose, not its text.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# Extra fields that our own code may log: none of them can hold an answer.
ALLOWED_EXTRA = ("request_id", "status_code", "submission", "delivery", "attempt", "page", "duration_ms", "count")


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, allowed extras, and of an exception only its type and frames."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in ALLOWED_EXTRA:
            if isinstance(value := getattr(record, name, None), str | int | float):
                line[name] = value
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = f"{record.exc_info[0].__module__}.{record.exc_info[0].__qualname__}"
            line["frames"] = frames(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def frames(tb: TracebackType | None) -> list[str]:
    """`file:line function` for each frame, outermost first."""
    return [f"{short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(tb)]


def short(filename: str) -> str:
    """The path within this project, or within site-packages."""
    path = Path(filename)
    if path.is_relative_to(ROOT) and ".venv" not in path.parts:
        return str(path.relative_to(ROOT))
    return filename.rpartition("site-packages/")[2]


def logging_config(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, nothing by mail (Django's error mails quote the request)."""
    to_console = {"handlers": ["console"], "level": level, "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "clinic.logs.JsonFormatter"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": to_console,
            # Its debug level prints SQL with its parameters.
            "django.db.backends": to_console | {"level": "INFO"},
            "django.server": to_console,
            # It tells of every index update, twice.
            "django_tasks": to_console | {"level": "WARNING"},
        },
    }

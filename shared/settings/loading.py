"""Gather the settings from flags, environment and file. The only reader of the environment.

Precedence: flag > `NEWSWATCH_SECTION_KEY` (or `NEWSWATCH_SECTION_KEY_FILE`) > newswatch.toml >
default. Unknown names are refused, with the nearest known one.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shared.errors import SettingsError
from shared.settings.expected import said_wrong
from shared.settings.sections import Section, Settings
from shared.toml_mistakes import toml_mistake

PREFIX = "NEWSWATCH_"
# Read by the test suite (and `_CONFIG` here), never a setting; named so that they are not refused.
NOT_SETTINGS = {
    "NEWSWATCH_REQUIRE_SERVICES",
    "NEWSWATCH_EVAL_DIR",
    "NEWSWATCH_ARTICLES_DIR",
    "NEWSWATCH_CONFIG",
}


def known_keys() -> dict[str, str]:
    """Return `section.key` -> description, in the order of this file."""
    found = {}
    for section, info in Settings.model_fields.items():
        model = info.annotation
        if isinstance(model, type) and issubclass(model, Section):
            for key, value in model.model_fields.items():
                found[f"{section}.{key}"] = value.description or ""
    return found


def load_settings(
    flags: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> tuple[Settings, dict[str, str]]:
    """Return the settings and, for each `section.key` that is not a default, where it came from.

    *flags* maps `section.key` to a value; None values are ignored.

    Raises:
        SettingsError: an unknown name or a value of the wrong kind, named with its origin.
    """
    environ = os.environ if environment is None else environment
    values: dict[str, dict[str, Any]] = {}
    origins: dict[str, str] = {}
    wrong: list[str] = []
    path = file or Path(environ.get("NEWSWATCH_CONFIG", "newswatch.toml"))
    is_required = file is not None or "NEWSWATCH_CONFIG" in environ
    layers = [
        (f"file {path}", _from_toml(path, wrong, required=is_required)),
        ("environment", _from_environment(environ, wrong)),
        ("flag", {k: v for k, v in (flags or {}).items() if v is not None}),
    ]
    for origin, layer in layers:
        for name, value in layer.items():
            section, key = name.split(".", 1)
            values.setdefault(section, {})[key] = value
            origins[name] = _env_origin(name, environ) if origin == "environment" else origin
    return _validated(values, origins, wrong), origins


def _validated(
    values: dict[str, dict[str, Any]], origins: Mapping[str, str], wrong: list[str]
) -> Settings:
    """Return *values* as settings; raise with those and all that is in *wrong*."""
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        # A list may be wrong at several places; it is one setting.
        names = {
            ".".join(map(str, item["loc"][:2]))
            for item in error.errors(include_url=False, include_input=False)
        }
        wrong += (
            f"setting {name} ({origins[name]}): {said_wrong(name, values)}"
            for name in origins
            if name in names
        )
    if wrong:
        raise SettingsError("\n".join(wrong))
    return settings


def _from_toml(path: Path, wrong: list[str], *, required: bool) -> dict[str, Any]:
    """Return what the file says, by `section.key`; add each name there is not to *wrong*."""
    where = f"settings file {path}"
    found: dict[str, Any] = {}
    for section, table in _document(path, required=required).items():
        if not isinstance(table, dict):
            wrong.append(f"{where}: {section!r} must stand in a [section]")
        elif not table and section not in Settings.model_fields:
            wrong.append(_unknown(section, where))
        else:
            for key, value in table.items():
                name = f"{section}.{key}"
                if name in known_keys():
                    found[name] = value
                else:
                    wrong.append(_unknown(name, where))
    return found


def _document(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
        return tomllib.loads(text)
    except FileNotFoundError:
        if required:
            raise SettingsError(f"settings file {path} does not exist") from None
        return {}
    except UnicodeDecodeError:
        raise SettingsError(f"settings file {path}: not UTF-8 text") from None
    except OSError as error:
        raise SettingsError(f"settings file {path}: {error.strerror or error}") from None
    except tomllib.TOMLDecodeError as error:
        found = toml_mistake(error, text)
        hint = f"; {found.suggestion}" if found.suggestion else ""
        place = f"line {found.line}, column {found.column}"
        raise SettingsError(f"settings file {path}: {place}: {found.message}{hint}") from None


def _from_environment(environ: Mapping[str, str], wrong: list[str]) -> dict[str, Any]:
    """Return what the variables say, by `section.key`; add each name there is not to *wrong*."""
    found: dict[str, Any] = {}
    for name, raw in environ.items():
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("_")
        dotted = f"{section}.{key}"
        is_file = dotted not in known_keys() and key.endswith("_file")
        dotted = dotted.removesuffix("_file") if is_file else dotted
        if dotted not in known_keys():
            wrong.append(_unknown(dotted, name))
            continue
        if dotted in found:
            raise SettingsError(f"{_env_name(dotted)} and {_env_name(dotted)}_FILE are both set")
        found[dotted] = _typed(dotted, _read_secret(name, raw) if is_file else raw)
    return found


def named_secret(name: str) -> str | None:
    """Return the secret that a channel's config only names, from the environment."""
    return os.environ.get(name)


def _read_secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}: cannot read {path}: {error}") from None


def _typed(name: str, raw: str) -> Any:
    """Split comma lists; everything else is converted by pydantic from its text."""
    if name in {"notify.allowed_networks", "console.allowed_hosts"}:
        return [part.strip() for part in raw.split(",") if part.strip()]
    return raw


def _unknown(name: str, where: str) -> str:
    close = get_close_matches(name, known_keys(), n=1)
    hint = f"; did you mean {close[0]} ({_env_name(close[0])})?" if close else ""
    return f"{where}: there is no setting {name}{hint}"


def _env_origin(name: str, environ: Mapping[str, str]) -> str:
    variable = _env_name(name)
    return variable if variable in environ else f"{variable}_FILE"


def _env_name(name: str) -> str:
    return PREFIX + name.replace(".", "_").upper()

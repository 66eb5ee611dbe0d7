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
from shared.settings.sections import Section, Settings

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
    path = file or Path(environ.get("NEWSWATCH_CONFIG", "newswatch.toml"))
    layers = [
        (
            f"file {path}",
            _from_toml(path, required=file is not None or "NEWSWATCH_CONFIG" in environ),
        )
    ]
    layers.append(("environment", _from_environment(environ)))
    layers.append(("flag", {k: v for k, v in (flags or {}).items() if v is not None}))
    for origin, layer in layers:
        for name, value in layer.items():
            section, key = name.split(".", 1)
            values.setdefault(section, {})[key] = value
            origins[name] = _env_origin(name, environ) if origin == "environment" else origin
    return _validated(values, origins), origins


def _validated(values: dict[str, dict[str, Any]], origins: Mapping[str, str]) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        lines = []
        for item in error.errors(include_url=False, include_input=False):
            name = ".".join(str(part) for part in item["loc"][:2])
            lines.append(f"setting {name} ({origins.get(name, 'unknown origin')}): {item['msg']}")
        raise SettingsError("\n".join(lines)) from None


def _from_toml(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if required:
            raise SettingsError(f"settings file {path} does not exist") from None
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"settings file {path}: {error}") from None
    found: dict[str, Any] = {}
    for section, table in document.items():
        if not isinstance(table, dict):
            raise SettingsError(f"settings file {path}: {section!r} must stand in a [section]")
        if not table and section not in Settings.model_fields:
            _known(section, f"settings file {path}")
        for key, value in table.items():
            found[_known(f"{section}.{key}", f"settings file {path}")] = value
    return found


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, raw in environ.items():
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("_")
        dotted = f"{section}.{key}"
        is_file = dotted not in known_keys() and key.endswith("_file")
        dotted = _known(dotted.removesuffix("_file") if is_file else dotted, name)
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


def _known(name: str, where: str) -> str:
    keys = known_keys()
    if name in keys:
        return name
    close = get_close_matches(name, keys, n=1)
    hint = f"; did you mean {close[0]} ({_env_name(close[0])})?" if close else ""
    raise SettingsError(f"{where}: there is no setting {name}{hint}")


def _env_origin(name: str, environ: Mapping[str, str]) -> str:
    variable = _env_name(name)
    return variable if variable in environ else f"{variable}_FILE"


def _env_name(name: str) -> str:
    return PREFIX + name.replace(".", "_").upper()

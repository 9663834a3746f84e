"""Reads config and turns its texts into the fields of the record."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAliasType, cast, get_args, get_type_hints

import pulumi

from settings.limits import contradictions
from settings.stack import Settings, key_of


class SettingsError(pulumi.RunError):
    """Config that cannot be used. Its text has a line for each mistake: the key, the value and the fix."""


def read() -> Settings:
    """Read the settings of the stack that is being deployed.

    Raises:
        SettingsError: A key is unknown or missing; a value has a wrong type, is out of range or contradicts another.
    """
    return parse(pulumi.runtime.get_config_env(), project=pulumi.get_project(), stack=pulumi.get_stack())


def parse(config: Mapping[str, str], *, project: str, stack: str) -> Settings:
    """Turn config, as the engine hands it over (`blog:owner` -> text or JSON text), into settings.

    Raises:
        SettingsError: As for `read`; it lists all mistakes at once.
    """
    types = {
        name: hint for name, hint in get_type_hints(Settings).items() if name not in ("project", "stack", "region")
    }
    keys = {f"{project}:{key_of(name)}": name for name in types}
    mistakes = [
        f"{key} is not a setting; remove it, or correct it to one of {', '.join(sorted(keys))}"
        for key in sorted(config)
        if key.startswith(f"{project}:") and key not in keys
    ]
    values: dict[str, Any] = {"project": project, "stack": stack, "region": config.get("aws:region", "")}
    for key, name in keys.items():
        if key not in config:
            mistakes.append(f"{key} is missing; set it with: pulumi config set {key} VALUE")
            continue
        try:
            values[name] = _parser(types[name])(config[key])
        except ValueError as error:
            shown = "a secret" if pulumi.runtime.is_config_secret(key) else repr(config[key])
            mistakes.append(f"{key} is {shown}, but must be {error}")
    if not mistakes:
        settings = Settings(**values)
        mistakes = list(contradictions(settings))
        if not mistakes:
            return settings
    raise SettingsError("The stack's config cannot be used:\n" + "\n".join(f"  - {mistake}" for mistake in mistakes))


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that is not empty")
    return text


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("true or false")
    return text == "true"


def _integer(text: str) -> int:
    if not text.removeprefix("-").isdecimal():
        raise ValueError("a whole number")
    return int(text)


def _texts(text: str) -> tuple[str, ...]:
    try:
        items = cast("object", json.loads(text))
    except json.JSONDecodeError:
        items = None
    if not isinstance(items, list) or not all(isinstance(item, str) for item in cast("list[object]", items)):
        raise ValueError("a list of texts")
    return tuple(cast("list[str]", items))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("a number") from None


def _optional_text(text: str) -> str | None:
    return text.strip() or None


_PARSERS: dict[object, Callable[[str], object]] = {
    str: _text, str | None: _optional_text, bool: _boolean, int: _integer, float: _number, tuple[str, ...]: _texts,
}  # fmt: skip
"""How the text of a value becomes a field's type; the error of a parser completes the sentence "must be ..."."""


def _parser(hint: object) -> Callable[[str], object]:
    return _choice(get_args(hint.__value__)) if isinstance(hint, TypeAliasType) else _PARSERS[hint]


def _choice(choices: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            *others, last = (f'"{choice}"' for choice in choices)
            raise ValueError(f"{', '.join(others)} or {last}")
        return text

    return parse

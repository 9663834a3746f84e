"""The JSON Schema of the file that `--policy-pack-config` takes, with each rule's levels and options."""

from typing import Any, get_args

from serverless_guard.enforcement import Enforcement
from serverless_guard.rules.rule import Level, Rule

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema(enforcement: Enforcement) -> dict[str, Any]:
    """Describe the file: a level or an object for each rule, and a level for all of them under `all`.

    Args:
        enforcement: The rules as a stack enforces them; its values are the defaults. The engine's own form of the
            schema, which it checks the file against, is part of what the analyzer tells it.
    """
    return {
        "$schema": DIALECT,
        "title": "Configuration of the policy pack",
        "type": "object",
        "properties": {
            "all": {"enum": list(get_args(Level)), "description": "The level of every rule that is not named."},
            **{rule.id: _rule(rule, enforcement) for rule in enforcement.rules},
        },
        "additionalProperties": False,
    }


def _rule(rule: Rule, enforcement: Enforcement) -> dict[str, Any]:
    levels = [level for level in get_args(Level) if level != "remediate" or rule.remedy]
    level = {"enum": levels, "default": enforcement.level(rule)}
    values = enforcement.options(rule)
    options = {name: {**option.schema(), "default": values[name]} for name, option in rule.options.items()}
    whole = {"type": "object", "properties": {"enforcementLevel": level, **options}, "additionalProperties": False}
    return {"description": rule.title, "anyOf": [level, whole]}

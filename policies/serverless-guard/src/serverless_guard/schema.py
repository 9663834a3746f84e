"""The JSON Schema of the file that `--policy-pack-config` takes, with each rule's levels and options."""

from typing import Any, Final, get_args

from serverless_guard.enforcement import Enforcement
from serverless_guard.policy_config import ALL, VERSION
from serverless_guard.rules.rule import Level, Rule

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ENVIRONMENTS: Final = {
    "type": "array",
    "items": {"type": "string"},
    "description": "Environments of Pulumi ESC, whose variables the pack is given.",
}
EXCEPTION: Final = {
    "type": "object",
    "description": "Findings that are accepted on some resources.",
    "properties": {
        "reason": {"type": "string", "minLength": 1, "description": "Why they are accepted."},
        "match": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "policies": {"$ref": "#/$defs/rules"},
                    "targets": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "string", "pattern": "^urn:pulumi:"},
                        "description": "The URNs of the resources.",
                    },
                },
                "required": ["policies", "targets"],
            },
        },
    },
    "required": ["reason", "match"],
}


def config_schema(enforcement: Enforcement) -> dict[str, Any]:
    """Describe both forms of the file: the rules alone, or version 2, which has them under `policies`.

    For each rule there is a level or an object, and for all of them a level under `all`.

    Args:
        enforcement: The rules as a stack enforces them; its values are the defaults. The engine's own form of the
            schema, which it checks the file against, is part of what the analyzer tells it.
    """
    level = {"enum": list(get_args(Level))}
    everywhere = {
        "description": "The level of every rule that is not named.",
        "anyOf": [level, {"type": "object", "properties": {"enforcementLevel": level}, "additionalProperties": False}],
    }
    rules = {
        ALL: everywhere,
        "environments": ENVIRONMENTS,
        **{rule.id: _rule(rule, enforcement) for rule in enforcement.rules},
    }
    return {
        "$schema": DIALECT,
        "title": "Configuration of the policy pack",
        "type": "object",
        "if": {"properties": {"version": {"type": "number"}}, "required": ["version"]},
        "then": {
            "properties": {
                "version": {"const": VERSION},
                "policies": {"$ref": "#/$defs/policies"},
                "exceptions": {
                    "type": "object",
                    "propertyNames": {"pattern": "^[A-Za-z0-9_.-]+$"},
                    "additionalProperties": EXCEPTION,
                },
                "environments": ENVIRONMENTS,
            },
            "additionalProperties": False,
        },
        "else": {"$ref": "#/$defs/policies"},
        "$defs": {
            "policies": {"type": "object", "properties": rules, "additionalProperties": False},
            "rules": {"type": "array", "minItems": 1, "items": {"enum": [rule.id for rule in enforcement.rules]}},
        },
    }


def _rule(rule: Rule, enforcement: Enforcement) -> dict[str, Any]:
    levels = [level for level in get_args(Level) if level != "remediate" or rule.remedy]
    level = {"enum": levels, "default": enforcement.level(rule)}
    values = enforcement.options(rule)
    options = {name: {**option.schema(), "default": values[name]} for name, option in rule.options.items()}
    whole = {"type": "object", "properties": {"enforcementLevel": level, **options}, "additionalProperties": False}
    return {"description": rule.title, "anyOf": [level, whole]}

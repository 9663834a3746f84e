"""What a stack enforces less strictly than the rules do by themselves, which is shown as waivers are."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from serverless_guard.enforcement import Enforcement
from serverless_guard.program import Program
from serverless_guard.record import Block, Resource
from serverless_guard.rules.rule import Level, Option, Rule

STRICTNESS: Final[dict[Level, int]] = {"disabled": 0, "advisory": 1, "mandatory": 2, "remediate": 2}
SHOWN_VALUES: Final = 3
ENVIRONMENT_TAGS: Final = ("environment", "env", "stage")
"""Keys of tags that say what a resource is for, in lower case. Source: AWS, "Best Practices for Tagging"."""
PRODUCTION: Final = ("prod", "production", "prd", "live")


def loosened(enforcement: Enforcement) -> str:
    """List the rules that are off or lowered, and the options that let more pass; empty where there are none."""
    lines = [
        f"\n  [{rule.id}] {words}" for rule in enforcement.rules if (words := "; ".join(_looser(enforcement, rule)))
    ]
    lines += _undecided(enforcement)
    return f"looser than the rules' defaults, by the settings of the pack:{''.join(lines)}" if lines else ""


def _looser(enforcement: Enforcement, rule: Rule) -> Iterator[str]:
    own, level = rule.level(production=enforcement.production), enforcement.level(rule)
    if STRICTNESS[level] < STRICTNESS[own]:
        yield f"{level} instead of {own}"
    if level == "disabled" or rule.house:
        return
    given: Mapping[str, Any] = enforcement.settings.get(rule.id, {})
    for name, default in rule.settings(production=enforcement.production).items():
        if name in given:
            yield from _looser_option(rule.options[name], name, given[name], default)


def _looser_option(option: Option, name: str, value: Any, default: Any) -> Iterator[str]:
    if isinstance(value, list):
        values, defaults = cast("list[str]", value), cast("list[str]", default)
        more, fewer = [one for one in values if one not in defaults], [one for one in defaults if one not in values]
        if option.more_is_stricter and fewer:
            yield f"{name} leaves out {_some(fewer)}"
        elif not option.more_is_stricter and more:
            yield f"{name} adds {_some(more)}"
    elif value != default and not _stricter(name, value, default):
        yield f"{name} is {value} instead of {default}"


def _stricter(name: str, value: Any, default: Any) -> bool:
    """Tell whether a value asks for more than the default; the names of numbers say which way that is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value is True
    return value > default if name.startswith("minimum") else value < default


def _some(values: list[str]) -> str:
    more = len(values) - SHOWN_VALUES
    return ", ".join(values[:SHOWN_VALUES]) + (f" and {more} more" if more > 0 else "")


def _undecided(enforcement: Enforcement) -> Iterator[str]:
    if enforcement.undecided.get("") == "advisory":
        yield "\n  findings that could not be decided are advisory"
    for rule_id, level in sorted(enforcement.undecided.items()):
        if rule_id and level == "advisory":
            yield f"\n  [{rule_id}] advisory where it cannot decide"


def contradiction(program: Program, stack: str) -> str:
    """Say where a stack counts as development although its name or its tags say production; empty where none does.

    Args:
        program: The resources.
        stack: The stack's name; empty where it is not known.
    """
    if program.production:
        return ""
    tagged = sum(_environment(resource) in PRODUCTION for resource in program.resources)
    said = [f"it is called {stack}"] if stack.lower() in PRODUCTION else []
    said += [f"{tagged} of its resources are tagged as production"] if tagged else []
    return f"the stack is judged as development, although {' and '.join(said)}" if said else ""


def _environment(resource: Resource) -> str:
    """Give the environment that the tags of a resource name, its own before those of its provider."""
    for tags in (resource.props.values.get("tags"), _default_tags(resource.provider)):
        if isinstance(tags, Mapping):
            for key, value in cast("Mapping[str, object]", tags).items():
                if key.lower() in ENVIRONMENT_TAGS and isinstance(value, str):
                    return value.lower()
    return ""


def _default_tags(provider: Block) -> object:
    given = provider.values.get("defaultTags")
    return cast("Mapping[str, object]", given).get("tags") if isinstance(given, Mapping) else None

"""All rules: every `Rule` that a module below this folder declares."""

import pkgutil
from functools import cache
from importlib import import_module

from serverless_guard.rules.rule import Rule


@cache
def every_rule() -> tuple[Rule, ...]:
    """Import the modules below this folder and give their rules, ordered by id.

    Raises:
        ValueError: Two rules have the same id.
    """
    rules: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Rule) and rules.setdefault(value.id, value) is not value:
                raise ValueError(f"two rules are called {value.id}; the second stands in {module.name}")
    return tuple(rules[name] for name in sorted(rules))

"""Keeps events that a function failed on for the last time where the alias says that was called.

The emulator alone looks at what is configured for the function without an alias. Where more than one alias leads to the
version that failed, the first one that keeps failures counts.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from typing import Any


def keep_those_of_aliases(functions: Any) -> None:
    """Make the configuration of aliases count for what is invoked without waiting for an answer.

    Args:
        functions: The emulator's module of Lambda.
    """
    invoke = functions.invoke_async_with_retry

    def invoke_async_with_retry(function: dict[str, Any], event: Any) -> None:
        config = function["config"]
        scope = functions._account_region_from_function_config(config)  # noqa: SLF001  # it has no hook for this
        known: dict[str, Any] = functions._functions.get_scoped(*scope, config["FunctionName"]) or {}  # noqa: SLF001  # as above
        configured: dict[str, Any] = known.get("event_invoke_configs") or {}
        aliases: dict[str, Any] = known.get("aliases") or {}
        found = [
            configured[name]
            for name, alias in aliases.items()
            if alias["FunctionVersion"] == config["Version"] and name in configured
        ]
        invoke({**function, "event_invoke_config": found[0]} if found else function, event)

    functions.invoke_async_with_retry = invoke_async_with_retry

"""Records what IAM decided for roles, in `.local/cloud/decisions.jsonl`: each different request once.

A line names the role's session, the action, the resource, whether the call was allowed, and the statements of the
role's policies that each allow it alone: where there is one, nothing else would have.
"""

import json
import threading
from contextvars import ContextVar
from pathlib import Path
from typing import Any


def record(evaluator: Any, file: Path) -> None:
    """Write down what the evaluator decides from now on.

    Args:
        evaluator: The emulator's module that decides what policies allow.
        file: Where to; what an earlier emulator wrote is dropped.
    """
    evaluate, enforce = evaluator.evaluate, evaluator.enforce
    evaluated: ContextVar[list[tuple[Any, Any]] | None] = ContextVar("evaluated", default=None)
    seen, lock = set[str](), threading.Lock()
    file.write_text("", encoding="utf-8")

    def evaluate_and_keep(context: Any, policies: Any, *limits: Any) -> Any:
        if (kept := evaluated.get()) is not None:
            kept.append((context, policies))
        return evaluate(context, policies, *limits)

    def enforce_and_record(*arguments: Any, **named: Any) -> Any:
        kept: list[tuple[Any, Any]] = []
        token = evaluated.set(kept)
        try:
            refusal = enforce(*arguments, **named)
        finally:
            evaluated.reset(token)
        # The role's own policies come first, those of the resource after them.
        for context, policies in kept[:1]:
            if context.principal_type == "AssumedRole":
                write(context, policies, allowed=refusal is None)
        return refusal

    def write(context: Any, policies: Any, *, allowed: bool) -> None:
        statements = [
            statement.sid
            for statements in policies
            for statement in statements
            if evaluator._first_match(context, [statement], "Allow")  # noqa: SLF001  # it has no hook for this
        ]
        decision = {
            "principal": context.principal_arn,
            "action": context.action,
            "resource": context.resource_arn,
            "allowed": allowed,
            "statements": statements,
        }
        line = json.dumps(decision)
        with lock:
            if line not in seen:
                seen.add(line)
                with file.open("a", encoding="utf-8") as decisions:
                    decisions.write(f"{line}\n")

    evaluator.evaluate, evaluator.enforce = evaluate_and_keep, enforce_and_record

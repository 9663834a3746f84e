"""Lets the engine delete one resource that is protected, until the next deployment protects it again."""

from operations.stack import OperationError, Stack


def unlock(stack: Stack, name: str) -> int:
    """Take the protection of one resource off in the state; nothing at AWS changes.

    Args:
        stack: The stack.
        name: The resource's name in the program, such as `blog-prod-uploads`.

    Returns:
        The exit status.

    Raises:
        OperationError: No protected resource has the name; the message lists those there are.
    """
    protected = [one for one in stack.resources() if one.protected]
    chosen = [one for one in protected if one.name == name]
    if not chosen:
        known = ", ".join(sorted({one.name for one in protected})) or "nothing"
        raise OperationError(f"nothing that is protected in {stack.name} is called {name!r}; protected is {known}")
    statuses = [stack.pulumi("state", "unprotect", one.urn, "--yes") for one in chosen]
    print(f"\n{len(chosen)} unlocked. The next deployment protects again what the program still declares.")
    return max(statuses)

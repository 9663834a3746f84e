"""Deploys exactly what was previewed: a preview saves its plan, and the deployment refuses to do anything else.

Source: https://www.pulumi.com/docs/iac/concepts/update-plans/
"""

from pathlib import Path

from operations.stack import POLICIES, ROOT, OperationError, Stack


def file_of(stack: Stack) -> Path:
    """Where the plan of a stack is kept: out of git, for it holds the values of all inputs."""
    return ROOT / f".local/plans/{stack.name}.json"


def save(stack: Stack) -> int:
    """Preview with the policies and save the plan; return the exit status."""
    file = file_of(stack)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    status = stack.pulumi("preview", "--diff", *POLICIES, "--save-plan", str(file))
    if not status:
        print(f"\nThe plan is saved: `make deploy STACK={stack.name}` carries it out and does nothing else")
    return status


def carry_out(stack: Stack) -> int:
    """Deploy what the saved plan says, once; return the exit status.

    Raises:
        OperationError: There is no plan.
    """
    file = file_of(stack)
    if not file.exists():
        raise OperationError(f"there is no plan of {stack.name}: make one by `make plan STACK={stack.name}`")
    status = stack.pulumi("up", "--yes", "--skip-preview", *POLICIES, "--plan", str(file))
    if not status:
        file.unlink()
    return status

"""Forms of statements by which a deployment is allowed what it does."""

from collections.abc import Sequence

from components.iam import Conditions, Statement

TAG = ("TagResource", "UntagResource")


def allow(sid: str, service: str, actions: Sequence[str], *resources: str) -> Statement:
    """The statement that allows actions of a service, named without it, on resources that their names tell."""
    return Statement(sid=sid, actions=[f"{service}:{action}" for action in actions], resources=resources)


def tagged(environment: str) -> tuple[Conditions, Conditions]:
    """The conditions that a resource has the environment's tag, and that it is made with it."""
    return (
        {"StringEquals": {"aws:ResourceTag/environment": environment}},
        {"StringEquals": {"aws:RequestTag/environment": environment}},
    )

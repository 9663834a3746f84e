"""The evaluator of this repository on a case."""

from typing import Any

from serverless_guard.iam.decision import Caller, Policies, Request, decide
from serverless_guard.iam.document import Document, read
from serverless_guard.record import Block
from tests.policies.proof.cases import ACCOUNT, Case


def parsed(document: Any) -> Document:
    """Read a document as a rule does."""
    found = read(Block({"policy": document}), "policy")
    assert found
    return found


def decision(case: Case) -> str:
    """Decide a case: Allow, Deny or ImplicitDeny."""
    policies = Policies(
        identity=tuple(parsed(one) for one in case.identity),
        resource=parsed(case.resource) if case.resource else None,
        limits=() if case.limit is None else (tuple(parsed(one) for one in case.limit),),
        owner=ACCOUNT,
        required=case.required,
    )
    return decide(policies, Request(Caller(case.caller), case.action, case.target, case.context)).value

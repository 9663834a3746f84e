"""The IAM evaluator of the local AWS (ministack): the second judge, where it decides as AWS documents.

ministack lives in an environment of its own, so that its evaluator runs there: `JUDGE` reads cases as lines of JSON and
writes its decisions.

`as_local_aws` rewrites a case into what ministack makes of it in the classes in which it decides otherwise than AWS
documents. A disagreement is explained when the evaluator decides the rewritten case as ministack does.
"""

import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from local.emulator import python
from tests.policies.proof.cases import ACCOUNT, SESSION, Case

ROOT: Final = Path(__file__).parents[3]
JUDGE: Final = """
import json, sys
from ministack.core import iam_evaluator as iam
KEYS = {"aws:sourceip": "source_ip", "aws:securetransport": "secure_transport"}
for line in sys.stdin:
    case = json.loads(line)
    keys = case["context"]
    plain = {k: v if k == "dynamodb:attributes" else v[0] for k, v in keys.items()}
    account = case["caller"].split(":")[4]
    kind = "AssumedRole" if ":assumed-role/" in case["caller"] else "User"
    ctx = iam.EvalContext(
        principal_arn=case["caller"], principal_type=kind, principal_account=account, action=case["action"],
        resource_arn=case["target"], region="eu-west-1", source_ip=plain["aws:sourceip"],
        secure_transport=plain["aws:securetransport"] == "true", service_context=plain)
    limits = [] if case["limit"] is None else [[iam.parse_policy_document(one) for one in case["limit"]]]
    own = iam.evaluate(ctx, [iam.parse_policy_document(one) for one in case["identity"]], *limits)
    result = own
    if case["resource"] is not None or account != "111122223333" or case["required"]:
        result = iam.combine_resource_policy(
            own, ctx, case["resource"], "111122223333", required=case["required"], limits=tuple(limits))
    print(result.decision)
"""

CLASSES: Final = (
    "NotPrincipal is ignored",
    "ARN operators match the whole text instead of component by component",
    "a wildcard within a principal's ARN counts",
    "policy variables are not substituted",
    "aws:PrincipalArn of a role's session is the ARN of the session",
    "Null with several values reads the first",
)
"""How it decides otherwise. Another one, that a trust policy which names a principal of the same account still wants
the principal's own sts:AssumeRole, lies in its handling of AssumeRole, not in its evaluator."""


def judge(cases: Iterable[Case]) -> list[str]:
    """Decide cases: Allow, Deny or ImplicitDeny."""
    lines = "\n".join(json.dumps(vars(case), default=list) for case in cases)
    interpreter = str(python(ROOT / ".local/uv/bin/uv"))
    done = subprocess.run([interpreter, "-c", JUDGE], input=lines, capture_output=True, text=True, check=True)
    return done.stdout.split()


def as_local_aws(case: Case) -> Iterator[tuple[str, Case]]:
    """Yield the classes that a case is touched by, each with the case as rewritten by it and those before."""
    rewrites = zip(CLASSES, (_not_principal, _arn, _wildcard, _variables, _session, _null), strict=True)
    for name, rewrite in rewrites:
        changed = rewrite(case)
        if changed != case:
            case = changed
            yield name, case


def _documents(case: Case, change: Any) -> Case:
    return replace(
        case,
        identity=tuple(change(one) for one in case.identity),
        resource=change(case.resource) if case.resource else None,
        limit=None if case.limit is None else tuple(change(one) for one in case.limit),
    )


def _statements(case: Case, change: Any) -> Case:
    def each(document: Any) -> Any:
        kept = (change(statement) for statement in document["Statement"])
        return {**document, "Statement": [one for one in kept if one is not None]}

    return _documents(case, each)


def _not_principal(case: Case) -> Case:
    def change(statement: Any) -> Any:
        return None if "NotPrincipal" in statement else statement

    return _statements(case, change)


def _arn(case: Case) -> Case:
    def change(statement: Any) -> Any:
        conditions: dict[str, Any] = {}
        for operator, tests in statement.get("Condition", {}).items():
            name = operator.replace("ArnNotEquals", "StringNotLike").replace("ArnNotLike", "StringNotLike")
            name = name.replace("ArnEquals", "StringLike").replace("ArnLike", "StringLike")
            # Two conditions on one key may get the same operator; IAM does not mind its case.
            name = name.swapcase() if name in conditions else name
            conditions[name] = tests
        return {**statement, "Condition": conditions} if conditions else statement

    return _statements(case, change)


def _wildcard(case: Case) -> Case:
    def change(statement: Any) -> Any:
        if "user/*" not in str(statement.get("Principal")):
            return statement
        return {
            **statement,
            "Principal": "*" if ":user/" in case.caller and ACCOUNT in case.caller else {"AWS": "000000000000"},
        }

    return _statements(case, change)


def _variables(case: Case) -> Case:
    if "${" not in json.dumps([case.identity, case.resource, case.limit]):
        return case

    def change(document: Any) -> Any:
        return {**document, "Version": "2008-10-17"}

    return _documents(case, change)


def _session(case: Case) -> Case:
    if case.caller != SESSION or "aws:principalarn" not in json.dumps(vars(case), default=list).lower():
        return case
    return replace(case, context={**case.context, "aws:principalarn": (SESSION,)})


def _null(case: Case) -> Case:
    def change(statement: Any) -> Any:
        tests = statement.get("Condition", {}).get("Null")
        if not tests:
            return statement
        first = {key: value if isinstance(value, str) else value[0] for key, value in tests.items()}
        return {**statement, "Condition": {**statement["Condition"], "Null": first}}

    return _statements(case, change)

"""Derives the policy documents of the pipeline's roles from what each resource type needs (bootstrap/resources).

A role gets the types that some setting of the program creates, whether it is on or off: an option is then turned on, or
off again with the deletions that this takes, by a deployment alone, and no administrator has to be asked first. What
depends on the stack is its names and tag, its regions, its functions, and whether its data may be deleted.

No managed policy of AWS is attached: SecurityAudit lacks a third of the reads and has thousands of others.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from bootstrap.access import TAGGED, Access, ConditionTemplate, Grant, allow, regional
from bootstrap.resources import ACCESS, names
from bootstrap.stacks import DeployedStack
from components.iam import Statement, document

LONGEST_DOCUMENT = 6_144
"""Characters of a managed policy without blanks: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

MOST_DOCUMENTS = 10
"""Managed policies of a role: as above."""

LOOKUPS = [allow("ec2", "DescribeAvailabilityZones", "*"), *names.LOOKUPS]
"""What the program asks before it creates anything; who it is, everybody may ask."""

SMOKE = [
    allow(
        "cognito-idp",
        "AdminCreateUser AdminSetUserPassword AdminInitiateAuth AdminDeleteUser",
        regional("cognito-idp", "userpool/*"),
        when=TAGGED,
    )
]
"""What `make smoke` calls after a deployment: it signs a user in and deletes it again."""


def deployment(stack: DeployedStack) -> dict[str, list[Statement]]:
    """Return the documents of a role that deploys a stack and calls its API, by their names."""
    return _documents([*_fill([*LOOKUPS, *SMOKE], stack), *_of_types(stack, reads_only=False)])


def preview(stacks: Sequence[DeployedStack]) -> dict[str, list[Statement]]:
    """Return the documents of a role that previews stacks and finds their drift: it reads and changes nothing."""
    filled = [(*_fill(LOOKUPS, stack), *_of_types(stack, reads_only=True)) for stack in stacks]
    return _documents([grant for grants in filled for grant in grants])


def compact(statements: Sequence[Statement]) -> str:
    """Write a document without blanks, as IAM counts it."""
    return json.dumps(json.loads(document(statements)), separators=(",", ":"))


def _of_types(stack: DeployedStack, *, reads_only: bool) -> Iterator[Grant]:
    for access in ACCESS.values():
        yield from _fill(access.read if reads_only else _granted(access, stack), stack)


def _granted(access: Access, stack: DeployedStack) -> list[Grant]:
    ends_data = access.delete_data if stack.disposable else ()
    return [*access.read, *access.create, *access.update, *access.delete, *ends_data]


def _fill(grants: Iterable[Grant], stack: DeployedStack) -> Iterator[Grant]:
    """Fill in the templates of grants for a stack."""
    for grant in grants:
        yield Grant(
            actions=grant.actions,
            resources=tuple(arn for template in grant.resources for arn in _texts(template, stack)),
            conditions={
                operator: {
                    key: tuple(
                        text
                        for template in ([values] if isinstance(values, str) else values)
                        for text in _texts(template, stack)
                    )
                    for key, values in operands.items()
                }
                for operator, operands in grant.conditions.items()
            },
        )


def _texts(template: str, stack: DeployedStack) -> Iterator[str]:
    regions = stack.regions if "{regions}" in template else ("",)
    functions = stack.functions if "{function}" in template else ("",)
    for region, function in product(regions, functions):
        yield template.format(
            partition=stack.partition,
            region=stack.region,
            regions=region,
            account=stack.account,
            prefix=stack.prefix,
            database=stack.prefix.replace("-", "_"),
            function=function,
        )


def _documents(grants: Iterable[Grant]) -> dict[str, list[Statement]]:
    """Merge grants into statements, and lay these out over few documents: the longest first, each where it fits."""
    documents: list[list[Statement]] = []
    statements = [_statement(grant, number) for number, grant in enumerate(merge(grants), start=1)]
    for statement in sorted(statements, key=lambda one: len(compact([one])), reverse=True):
        fitting = (one for one in documents if len(compact([*one, statement])) <= LONGEST_DOCUMENT)
        if (chosen := next(fitting, None)) is None:
            documents.append(chosen := [])
        chosen.append(statement)
    return {f"rights-{number}": one for number, one in enumerate(documents, start=1)}


def _statement(grant: Grant, number: int) -> Statement:
    service = grant.actions[0].partition(":")[0].title().replace("-", "")
    conditions = {
        operator: {key: values[0] if len(values) == 1 else list(values) for key, values in operands.items()}
        for operator, operands in grant.conditions.items()
    }
    return Statement(sid=f"{service}{number}", actions=grant.actions, resources=grant.resources, conditions=conditions)


def merge(grants: Iterable[Grant]) -> list[Grant]:
    """Join what acts on the same resources under the same conditions, then what has the same actions."""
    by_resources: dict[tuple[str, tuple[str, ...], str], set[str]] = {}
    conditions: dict[str, ConditionTemplate] = {}
    for grant in grants:
        key = json.dumps(grant.conditions, sort_keys=True)
        conditions[key] = grant.conditions
        for action in grant.actions:
            place = (action.partition(":")[0], tuple(sorted(set(grant.resources))), key)
            by_resources.setdefault(place, set()).add(action)
    by_actions: dict[tuple[tuple[str, ...], str], set[str]] = {}
    for (_, resources, key), actions in by_resources.items():
        by_actions.setdefault((tuple(sorted(actions)), key), set()).update(resources)
    return [
        Grant(actions=actions, resources=tuple(sorted(resources)), conditions=conditions[key])
        for (actions, key), resources in sorted(by_actions.items(), key=lambda one: one[0])
    ]

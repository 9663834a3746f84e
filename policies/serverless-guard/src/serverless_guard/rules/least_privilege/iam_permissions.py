"""Rights over who may use a resource: resource policies, permissions and grants."""

import re
from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.actions import Action, covers_all, expand
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.pattern import is_literal
from serverless_guard.record import Resource
from serverless_guard.rules.least_privilege.deployers import DEPLOYERS
from serverless_guard.rules.rule import Example, resource_rule
from serverless_guard.rules.summary import summarize

ALL = "*"
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:f"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/blog"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:blog-jobs"
GIVES = re.compile("(Add|Attach|Authorize|Create|Enable|Modify|Put|Set|Update)[A-Z]")
RESOURCE_POLICY = re.compile(r"(Attach|Put|Set)\w*(Resource|Cluster|Destination|Permissions|Inline|Repository)Policy")
"""Actions that the Service Authorization Reference lists as writing, although they set who may use something."""


@resource_rule(
    "iam-no-resource-policy-changes",
    title="IAM policies do not allow changing resource policies, permissions or grants",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="medium",
    env="same",
    tier="extended",
    fix="Leave the permissions of resources to those who deploy.",
    options={"deployers": DEPLOYERS},
    good=(
        Example(policy(allow("dynamodb:GetItem"))),
        Example(policy(allow("rds-db:connect", "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db/blog"))),
        Example(policy(allow("sqs:SetQueueAttributes", QUEUE)), settings={"deployers": ["subject"]}),
        Example(policy(allow("sqs:SetQueueAttributes", QUEUE)), settings={"deployers": ["sub"]}),
        Example(policy(allow("lambda:AddPermission", ALL))),
        Example(policy(allow("lambda:Add*", FUNCTION_ARN))),
        Example(policy(allow("dynamodb:CreateTable"))),
    ),
    bad=(
        Example(
            policy(allow("lambda:AddPermission", [FUNCTION_ARN, ALL])),
            finds=("policy.Statement[0] allows lambda:AddPermission, which changes who may do what",),
        ),
        Example(
            policy(allow(["sqs:SetQueueAttributes", "sqs:SendMessage"], QUEUE)),
            finds=("policy.Statement[0] allows sqs:SetQueueAttributes, which changes who may do what",),
        ),
        Example(
            policy(allow(["kms:CreateGrant", "kinesis:PutResourcePolicy"], [KEY, STREAM])),
            finds=(
                "policy.Statement[0] allows kms:CreateGrant, kinesis:PutResourcePolicy, which changes who may do what",
            ),
        ),
    ),
)
def iam_no_resource_policy_changes(resource: Resource) -> Iterator[str]:
    """Nobody but those who deploy decides who may use a queue, key, bucket or function.

    Wildcards in actions, and all resources, are for the rules that refuse them.
    """
    if resource.name.startswith(tuple(resource.settings["deployers"])):
        return
    for document in policy_locations.known_identity(resource):
        for statement in document.allows():
            actions = (action for name in statement.actions if is_literal(name) for action in expand(name))
            found = [
                one.full_name
                for one in actions
                if _changes_permissions(one) and not all(covers_all(one, where) for where in statement.resources)
            ]
            if found:
                yield f"{statement.where} allows {summarize(found)}, which changes who may do what"
    policy_locations.require_identity(resource)


def _changes_permissions(action: Action) -> bool:
    changes = action.level == "Permissions management" and GIVES.match(action.name)
    return bool(changes or RESOURCE_POLICY.match(action.name))

"""What is shared with accounts that are not the program's own."""

from collections.abc import Iterator

from serverless_guard.iam import resource_policies
from serverless_guard.iam.accounts import AWS_OWNED, account_of, own_accounts
from serverless_guard.iam.document import Document
from serverless_guard.iam.evaluator import Grant, foreign_grants
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.resource_policies import BUCKETS, ENDPOINTS, KEYS, LOCATIONS, SECRETS, TOPICS
from serverless_guard.program import Program
from serverless_guard.record import Resource, UndecidedError
from serverless_guard.rules.exposure.public_access import words
from serverless_guard.rules.rule import Example, Option, stack_rule

OWN = "123456789012"
OTHER = "210987654321"
OTHER_ROOT = {"AWS": f"arn:aws:iam::{OTHER}:root"}
SECRET = f"arn:aws:secretsmanager:eu-west-1:{OWN}:secret:s"
KEY_ARN = f"arn:aws:kms:eu-west-1:{OWN}:key/11111111-2222-3333-4444-555555555555"
SHARES = {
    "aws:rds/snapshot:Snapshot": "sharedAccounts",
    "aws:rds/clusterSnapshot:ClusterSnapshot": "sharedAccounts",
    "aws:rds/snapshotCopy:SnapshotCopy": "sharedAccounts",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": "sharedAccounts",
    "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission": "accountId",
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission": "accountId",
    "aws:ram/principalAssociation:PrincipalAssociation": "principal",
}
"""Types that share a resource with accounts, and the property that names them."""
POLICIES = tuple(kind for kind in LOCATIONS if kind not in {*ENDPOINTS, *BUCKETS, *TOPICS})
"""Types whose policies are read; buckets and topics have rules of their own for other accounts."""
GRANT, FUNCTION = "aws:kms/grant:Grant", "aws:lambda/permission:Permission"
LOGS = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
RECEIVERS = {
    **SHARES,
    GRANT: "granteePrincipal",
    FUNCTION: "principal",
    "aws:lambda/layerVersionPermission:LayerVersionPermission": "principal",
    "aws:cloudwatch/eventPermission:EventPermission": "principal",
    LOGS: "destinationArn",
    "aws:cloudwatch/eventTarget:EventTarget": "arn",
    "aws:sns/topicSubscription:TopicSubscription": "endpoint",
}
"""Types that give or send something to an account, and the property that names it."""
CERTAIN = frozenset(RECEIVERS) - {GRANT, LOGS, "aws:cloudwatch/eventTarget:EventTarget"}
"""Types whose property names another account by their purpose, so that one which nothing tells of is another one."""


@stack_rule(
    "resource-policy-foreign-account",
    title="Resources are shared only with trusted AWS accounts",
    types=(*POLICIES, *RECEIVERS, REPLICATION),
    category="least-privilege",
    severity="high",
    env="same",
    fix="Take the account out, or add it to the rule's option accounts.",
    options={"accounts": Option([], "Numbers of accounts that are trusted beside the program's own.")},
    good=(
        Example(policy(allow("secretsmanager:GetSecretValue", SECRET, Principal={"AWS": OWN})), type=SECRETS[0]),
        Example(
            policy(allow("secretsmanager:GetSecretValue", SECRET, Principal=OTHER_ROOT)),
            type=SECRETS[0],
            settings={"accounts": [OTHER]},
        ),
        Example(policy(allow("kms:*", "*", Principal=OTHER_ROOT)), type=KEYS[0]),
        Example({"keyId": KEY_ARN, "granteePrincipal": f"arn:aws:iam::{OWN}:role/r"}, type=GRANT),
        Example({"granteePrincipal": f"arn:aws:iam::{OTHER}:role/r"}, type=GRANT),
        Example({"principal": "sns.amazonaws.com"}, type=FUNCTION),
        Example({"protocol": "sms", "endpoint": "491512345678"}, type="aws:sns/topicSubscription:TopicSubscription"),
        Example({"principal": OWN}, type=FUNCTION, provider={"allowedAccountIds": [OWN]}),
        Example({"destinationArn": f"arn:aws:lambda:eu-west-1:{OTHER}:function:f"}, type=LOGS),
        Example({"rules": [{"destination": {"bucket": "arn:aws:s3:::b"}}]}, type=REPLICATION),
    ),
    bad=(
        Example(
            policy(allow("secretsmanager:GetSecretValue", SECRET, Principal=OTHER_ROOT)),
            type=SECRETS[0],
            finds=(
                f"policy.Statement[0] allows the foreign account {OTHER} secretsmanager:GetSecretValue on {SECRET}",
            ),
        ),
        Example(
            policy(allow("kms:*", "*", Principal={"AWS": OWN}), allow("kms:*", "*", Principal=OTHER_ROOT)),
            type=KEYS[0],
            finds=(f"policy.Statement[1] allows the foreign account {OTHER} kms:* on *",),
        ),
        Example(
            policy(allow("kms:Decrypt", "*", Principal=OTHER_ROOT)),
            type=KEYS[0],
            provider={"allowedAccountIds": [OWN]},
            finds=(f"policy.Statement[0] allows the foreign account {OTHER} kms:Decrypt on *",),
        ),
        Example(
            {"keyId": KEY_ARN, "granteePrincipal": f"arn:aws:iam::{OTHER}:role/r"},
            type=GRANT,
            finds=(f"granteePrincipal is of the foreign account {OTHER}",),
        ),
        Example({"principal": OTHER}, type=FUNCTION, finds=(f"principal is of the foreign account {OTHER}",)),
        Example(
            {"destinationArn": f"arn:aws:logs:eu-west-1:{OTHER}:destination:d"},
            type=LOGS,
            finds=(f"destinationArn is of the foreign account {OTHER}",),
        ),
        Example(
            {"rules": [{"destination": {"bucket": "arn:aws:s3:::b", "account": OTHER}}]},
            type=REPLICATION,
            finds=(f"rules[0].destination.account is the foreign account {OTHER}",),
        ),
    ),
    unknown_passes_because="A receiver that is unknown is a resource of the program.",
)
def resource_policy_foreign_account(stack: Program) -> Iterator[tuple[Resource, str]]:
    """No account gets or receives anything unless it is the program's own or trusted.

    Which account is the program's own follows from its inputs: see `serverless_guard.iam.accounts`. Where nothing
    tells, the first account that may do everything with a key is its own, and only what names accounts by its purpose
    counts.
    """
    own = own_accounts(stack)
    trusted = own | AWS_OWNED | frozenset(stack.settings["accounts"])
    yield from _receivers(stack, own, trusted)
    for resource in stack.of(REPLICATION):
        for rule in resource.props.blocks("rules"):
            account = rule.known_text("destination.account") or ""
            if account and account not in trusted:
                yield resource, f"{rule.path}destination.account is the foreign account {account}"
    undecided: UndecidedError | None = None
    for resource in stack.of(*POLICIES):
        try:
            for document in resource_policies.documents(resource):
                yield from ((resource, one) for one in _foreign(resource, document, own, trusted))
        except UndecidedError as error:
            undecided = error
    if undecided:
        raise undecided


def _receivers(stack: Program, own: frozenset[str], trusted: frozenset[str]) -> Iterator[tuple[Resource, str]]:
    for resource in stack.of(*RECEIVERS):
        path = RECEIVERS[resource.type]
        for value in resource.props.known_texts(path):
            account = "" if path == "endpoint" and value.isdigit() else account_of(value)  # a telephone's number
            certain = resource.type in CERTAIN or ":destination:" in value
            if account and account not in trusted and (own or certain or _keyed(resource) not in ("", account)):
                yield resource, f"{path} is of the foreign account {account}"


def _foreign(resource: Resource, document: Document, own: frozenset[str], trusted: frozenset[str]) -> Iterator[str]:
    known = trusted if own or resource.type not in KEYS else trusted | _administrators(document)
    if not own and resource.type not in KEYS:
        return
    yield from words((grant, f"the foreign account {account}") for grant, account in foreign_grants(document, known))


def _administrators(document: Document) -> frozenset[str]:
    """Give the first account that may do everything with a key: keys are useless without it."""
    whole = (grant for grant, _ in foreign_grants(document, ()) if _everything(grant))
    return frozenset(one.account for grant in list(whole)[:1] for one in grant.principals[:1])


def _everything(grant: Grant) -> bool:
    return not grant.action.lower().removeprefix("kms").strip(":*?")


def _keyed(resource: Resource) -> str:
    return account_of(resource.props.known_text("keyId") or "")

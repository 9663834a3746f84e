"""Powers over the credentials, keys and data of a whole account."""

from serverless_guard.iam import policy_locations
from serverless_guard.iam.actions import covers_all, of_service
from serverless_guard.iam.effective import EffectiveDocuments
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.pattern import overlap
from serverless_guard.iam.powerful_actions import CREDENTIALS, DATA
from serverless_guard.iam.rights import Right
from serverless_guard.iam.wildcards import cover_all_together
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN
from serverless_guard.rules.rule import Example, StackFindings, stack_rule
from serverless_guard.rules.summary import summarize

ROLE_ARN = "arn:aws:iam::123456789012:role/blog-scheduler"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
API_KEY = "arn:aws:apigateway:eu-west-1::/apikeys/a1b2c3d4e5"
"""Of all that `apigateway:GET` reads, the one kind that is a credential."""

READ_ITEM = Example(policy(allow("dynamodb:GetItem")))
SECRETS = "arn:aws:secretsmanager:eu-west-1:123456789012:secret"


def _on_all(action: str, rights: tuple[Right, ...]) -> bool:
    if action == "apigateway:GET":
        return any(overlap(API_KEY, one.pattern) for one in rights)
    service, _, name = action.lower().partition(":")
    known = of_service(service).get(name)
    if known is None:
        return any(not one.pattern.strip("*") for one in rights)
    patterns = [one.pattern for one in rights]
    return bool(known.resource_types) and (
        any(covers_all(known, one) for one in patterns) or cover_all_together(known, patterns)
    )


def _wide(stack: Program, actions: tuple[str, ...], words: str) -> StackFindings:
    documents = stack.derived(EffectiveDocuments)
    for one in documents:
        if all(statement.names_each_resource for statement in one.document.allows()):
            continue
        found = [action for action in actions if any(_on_all(action, rights.on(action)) for rights in one.rights())]
        if found:
            yield one.owner, f"{one.document.where} allows {summarize(found)} {words}"
    yield from documents.unread()


@stack_rule(
    "iam-no-credentials-exposure",
    title="IAM policies do not allow actions that return credentials on all resources",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "checkov:CKV_AWS_287",
        "checkov:CKV_AWS_107",
        "cloudsplaining:CredentialsExposure",
        "parliament:CREDENTIALS_EXPOSURE",
    ),
    fix="Name the role, repository or database that credentials are needed for.",
    good=(
        READ_ITEM,
        Example(policy(allow("sts:AssumeRole", ROLE_ARN))),
        Example(policy(allow("sts:GetSessionToken", "*"))),
        Example(policy(allow("apigateway:GET", "arn:aws:apigateway:eu-west-1::/apis/*"))),
        Example(policy(allow("sso:GetRoleCredentials", f"{ROLE_ARN}*"))),
    ),
    bad=(
        Example(
            policy(allow("apigateway:GET", "arn:aws:apigateway:*::/apikeys/*")),
            finds=("policy allows apigateway:GET on all resources: the answer is a credential",),
        ),
        Example({"policy": UNKNOWN}, finds=("cannot decide: policy is not known at preview",)),
        Example(
            policy(allow("sso:GetRoleCredentials", "*")),
            finds=("policy allows sso:GetRoleCredentials on all resources: the answer is a credential",),
        ),
        Example(
            policy(allow("sts:AssumeRole", "*")),
            finds=("policy allows sts:AssumeRole on all resources: the answer is a credential",),
        ),
        Example(
            policy(allow("sts:GetFederationToken", "*")),
            finds=("policy allows sts:GetFederationToken on all resources: the answer is a credential",),
        ),
    ),
)
def iam_no_credentials_exposure(stack: Program) -> StackFindings:
    """No identity can fetch credentials of whatever it likes."""
    return _wide(stack, CREDENTIALS, "on all resources: the answer is a credential")


@stack_rule(
    "iam-no-data-exfiltration",
    title="IAM policies do not allow actions that read or export data in bulk on all resources",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "checkov:CKV_AWS_288",
        "checkov:CKV_AWS_108",
        "cloudsplaining:DataExfiltration",
        "parliament:SENSITIVE_ACCESS",
    ),
    fix="Name the bucket, parameter, secret or table that is read.",
    good=(READ_ITEM, Example(policy(allow("s3:GetObject", "arn:aws:s3:::blog-uploads/*")))),
    bad=(
        Example(
            policy(allow("dynamodb:GetItem"), allow("s3:GetObject", "*")),
            finds=("policy allows s3:GetObject on all resources: it can carry all data out",),
        ),
        Example(
            policy(allow("secretsmanager:Get*", "arn:aws:secretsmanager:*:*:secret:*")),
            finds=("policy allows secretsmanager:GetSecretValue on all resources: it can carry all data out",),
        ),
        Example(
            policy(
                allow(
                    "secretsmanager:GetSecretValue", [f"{SECRETS}:{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"]
                )
            ),
            finds=("policy allows secretsmanager:GetSecretValue on all resources: it can carry all data out",),
        ),
    ),
)
def iam_no_data_exfiltration(stack: Program) -> StackFindings:
    """No identity can read the data of all stores."""
    return _wide(stack, DATA, "on all resources: it can carry all data out")


@stack_rule(
    "iam-kms-decrypt-scoped",
    title="IAM policies do not allow decryption actions on all KMS keys",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "fsbp:KMS.1",
        "fsbp:KMS.2",
    ),
    fix="Name the key's ARN.",
    good=(
        READ_ITEM,
        Example(policy(allow("kms:Decrypt", KEY_ARN))),
        Example(policy(allow(["kms:Decrypt", "s3:ListAllMyBuckets"], KEY_ARN), allow("s3:ListAllMyBuckets", "*"))),
    ),
    bad=(
        Example(policy(allow("kms:Decrypt", "*")), finds=("policy allows kms:Decrypt with every key",)),
        Example(
            policy(allow("kms:*", "arn:aws:kms:eu-west-1:123456789012:key/*")),
            finds=("policy allows kms:Decrypt, kms:ReEncryptFrom with every key",),
        ),
        Example(
            policy(allow("kms:Decrypt", "*"), allow("s3:GetObject", "arn:aws:s3:::blog/*")),
            finds=("policy allows kms:Decrypt with every key",),
        ),
    ),
)
def iam_kms_decrypt_scoped(stack: Program) -> StackFindings:
    """No identity can decrypt with every key."""
    return _wide(stack, ("kms:Decrypt", "kms:ReEncryptFrom"), "with every key")

"""What a program could do to get around the rules."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import Options, Resource
from serverless_guard.rules.conditions import is_set
from serverless_guard.rules.rule import ANY_TYPE, Example, Rule, resource_rule, stack_rule

ENFORCED = frozenset(
    {
        "*", "policy", "assumeRolePolicy", "inlinePolicies", "managedPolicyArns", "policyArn", "deletionProtection",
        "deletionProtectionEnabled", "pointInTimeRecovery", "serverSideEncryption", "replicas", "environment",
        "authorizationType", "cors", "corsConfiguration", "sourceArn", "sourceAccount", "principal", "action",
        "tracingConfig", "runtime", "loggingConfig", "retentionInDays", "kmsKeyId", "kmsKeyArn", "kmsMasterKeyId",
        "enableKeyRotation", "deletionWindowInDays", "accessLogSettings", "defaultRouteSettings", "settings",
        "mfaConfiguration", "passwordPolicy", "preventUserExistenceErrors", "storageEncrypted", "publiclyAccessible",
        "ingress", "egress", "transitEncryptionEnabled", "atRestEncryptionEnabled", "viewerCertificate", "webAclId",
        "defaultCacheBehavior", "orderedCacheBehaviors", "origins", "redrivePolicy", "forceDestroy",
        "blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets", "tags", "region",
        "backupRetentionPeriod", "skipFinalSnapshot", "rules", "versioningConfiguration", "sqsManagedSseEnabled",
    }
)  # fmt: skip
"""Properties that the rules read: an ignored change would keep what a rule has already refused."""


@resource_rule(
    "no-ignored-security-properties",
    title="Pulumi resources do not ignore changes to properties that the rules enforce",
    types=(ANY_TYPE,),
    category="least-privilege",
    severity="high",
    env="same",
    fix="Take the property out of ignore_changes.",
    good=(Example({}, options=Options(ignore_changes=("readCapacity", "writeCapacity"))), Example({})),
    bad=(
        Example(
            {},
            finds=("the option ignore_changes names pointInTimeRecovery",),
            options=Options(ignore_changes=("pointInTimeRecovery",)),
        ),
        Example(
            {},
            finds=("the option ignore_changes names pointInTimeRecovery.enabled",),
            options=Options(ignore_changes=("pointInTimeRecovery.enabled", "name")),
        ),
        Example(
            {},
            finds=("the option ignore_changes names ingress[0].cidrBlocks",),
            options=Options(ignore_changes=("ingress[0].cidrBlocks",)),
        ),
    ),
)
def no_ignored_security_properties(resource: Resource) -> Iterator[str]:
    """No property that a rule enforces is hidden from changes."""
    for path in resource.options.ignore_changes:
        if path.partition(".")[0].partition("[")[0] in ENFORCED:
            yield f"the option ignore_changes names {path}"


provider_account_pinned = Rule(
    id="provider-account-pinned",
    types=("pulumi:providers:aws",),
    category="least-privilege",
    severity="medium",
    env="prod-only",
    title="AWS providers are restricted to allowed account IDs",
    rationale="A provider deploys to the account that is meant.",
    fix="Give the provider allowedAccountIds.",
    check=is_set("allowedAccountIds"),
    good=(Example({"allowedAccountIds": ["123456789012"]}),),
    bad=(Example({}, finds=("allowedAccountIds is not set",)),),
    unknown_passes_because="allowedAccountIds that are unknown are there all the same.",
)

KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"


@stack_rule(
    "kms-policy-defined",
    title="KMS keys have an explicit key policy",
    types=(
        "aws:kms/key:Key",
        "aws:kms/keyPolicy:KeyPolicy",
    ),
    category="least-privilege",
    severity="low",
    env="same",
    sources=("checkov:CKV2_AWS_64",),
    fix="Give the key a policy, or add a KeyPolicy for it.",
    good=(
        Example({"policy": "{}"}),
        Example({}, others=(Example({}, type=KEY_POLICY, name="p", depends={"keyId": ("subject",)}),)),
    ),
    bad=(
        Example({}, finds=("neither policy nor a KeyPolicy is set",)),
        Example({"policy": ""}, finds=("neither policy nor a KeyPolicy is set",)),
    ),
    unknown_passes_because="A policy that is unknown is there all the same; the rules about its statements ask "
    "for its value.",
)
def kms_policy_defined(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A key says who may use it; the default leaves it to every administrator of IAM."""
    for key in stack.of("aws:kms/key:Key"):
        separate = bool(stack.referring(key, "keyId", KEY_POLICY))
        if not separate and not key.props.has("policy"):
            yield key, "neither policy nor a KeyPolicy is set"

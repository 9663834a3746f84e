"""What a program could do to get around the rules."""

from collections.abc import Iterator

from serverless_guard import legacy
from serverless_guard.program import Program
from serverless_guard.record import Options, Resource
from serverless_guard.rules.least_privilege.enforced import hides
from serverless_guard.rules.rule import ANY_TYPE, Example, Option, Rule, resource_rule, stack_rule


def _ignoring(kind: str, *paths: str) -> Example:
    return Example(
        {},
        type=kind,
        options=Options(ignore_changes=paths),
        finds=(f"the option ignore_changes names {paths[0]}",),
    )


@resource_rule(
    "no-ignored-security-properties",
    title="Pulumi resources do not ignore changes to properties that security rules read",
    types=(ANY_TYPE,),
    category="least-privilege",
    severity="high",
    env="same",
    fix="Take the property out of ignore_changes.",
    good=(
        Example({}, options=Options(ignore_changes=("readCapacity", "writeCapacity"))),
        Example({}, options=Options(ignore_changes=("name", "tags['team']"))),
        Example({}, options=Options(ignore_changes=("cidrIpv4",))),
        Example({}, type="random:index/randomId:RandomId", options=Options(ignore_changes=("byteLength",))),
        Example({}),
    ),
    bad=(
        _ignoring("aws:dynamodb/table:Table", "pointInTimeRecovery"),
        _ignoring("aws:dynamodb/table:Table", "pointInTimeRecovery.enabled", "name"),
        _ignoring("aws:dynamodb/table:Table", "*"),
        _ignoring("aws:ec2/securityGroup:SecurityGroup", "ingress[0].cidrBlocks"),
        _ignoring("aws:ec2/securityGroup:SecurityGroup", '["egress"][*].cidrBlocks'),
        _ignoring("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv4"),
        _ignoring("aws:apigateway/method:Method", "authorization"),
        _ignoring("aws:s3/bucketAcl:BucketAcl", "acl"),
        _ignoring("aws:s3/bucketV2:BucketV2", "serverSideEncryptionConfigurations"),
        _ignoring("aws:athena/workgroup:Workgroup", "configuration.resultConfiguration"),
        _ignoring("aws:secretsmanager/secret:Secret", "recoveryWindowInDays"),
        _ignoring("aws:cloudfront/distribution:Distribution", "viewerCertificate.minimumProtocolVersion"),
        _ignoring("aws:cloudfront/distribution:Distribution", "minimumProtocolVersion"),
        _ignoring("aws:iam/role:Role", "assumeRolePolicy"),
    ),
)
def no_ignored_security_properties(resource: Resource) -> Iterator[str]:
    """No property that a rule about security reads is hidden from changes: the engine keeps what the state has."""
    for path in resource.options.ignore_changes:
        if hides(resource.type, legacy.current_path(resource.declared_type or resource.type, path)):
            yield f"the option ignore_changes names {path}"


def _unpinned(resource: Resource) -> Iterator[str]:
    accounts, path = resource.settings["accounts"], "allowedAccountIds"
    if not resource.props.has(path):
        yield f"{path} is not set"
    elif accounts:
        others = [one for one in resource.props.texts(path) if one not in accounts]
        yield from [f"{path} has {', '.join(others)}"] if others else []


provider_account_pinned = Rule(
    id="provider-account-pinned",
    types=("pulumi:providers:aws",),
    category="least-privilege",
    severity="medium",
    env="prod-only",
    house=True,
    title="AWS providers are restricted to allowed account IDs",
    rationale="A provider deploys to the account that is meant.",
    fix="Give the provider allowedAccountIds.",
    options={"accounts": Option([], "Ids of the accounts that stacks deploy to; empty for any that is named.")},
    check=_unpinned,
    good=(
        Example({"allowedAccountIds": ["123456789012"]}),
        Example({"allowedAccountIds": ["123456789012"]}, settings={"accounts": ["123456789012"]}),
    ),
    bad=(
        Example({}, finds=("allowedAccountIds is not set",)),
        Example(
            {"allowedAccountIds": ["210987654321"]},
            settings={"accounts": ["123456789012"]},
            finds=("allowedAccountIds has 210987654321",),
        ),
        Example(
            {"allowedAccountIds": ["111111111111", "222222222222", "123456789012"]},
            finds=("allowedAccountIds has 111111111111, 222222222222",),
            settings={"accounts": ["123456789012"]},
        ),
    ),
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

"""Who may assume a role."""

from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.conditions import conditional, limits_caller, limits_source, names_values
from serverless_guard.iam.document import Condition, Statement
from serverless_guard.iam.examples import policy, trust
from serverless_guard.record import Resource
from serverless_guard.rules.rule import Example, resource_rule

LAMBDA = Example(trust({"Service": "lambda.amazonaws.com"}))
ROOT = "arn:aws:iam::210987654321:root"
ALL_BUT_ONE = {"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": {"AWS": ROOT}}

CONFUSED_DEPUTIES = frozenset(
    f"{service}.amazonaws.com"
    for service in (
        "scheduler", "events", "pipes", "apigateway", "cognito-idp", "backup", "sns", "ses",
        "delivery.logs", "vpc-flow-logs", "rds", "monitoring.rds", "states", "firehose", "bedrock", "transfer",
    )
)  # fmt: skip
"""Services that act for whoever asks them, so that a role must say for which account they may act.

IAM User Guide, "The confused deputy problem".
"""

PAIRS = (frozenset({"lambda.amazonaws.com", "edgelambda.amazonaws.com"}),)
"""Services that share a role by design: Lambda@Edge runs as both."""


def trusting(resource: Resource) -> Iterator[Statement]:
    """Yield the statements of a role's trust policy that allow."""
    document = policy_locations.trust(resource)
    return document.allows() if document else iter(())


@resource_rule(
    "iam-trust-no-wildcard-principal",
    title="IAM role trust policies do not allow wildcard principals",
    types=("aws:iam/role:Role",),
    category="least-privilege",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_60",
        "checkov:CKV_AWS_283",
        "cloudsplaining:AssumableByAnyPrincipal",
        "cloudsplaining:AssumableByAnyPrincipalWithConditions",
    ),
    fix="Name the service, account or role that assumes the role.",
    good=(LAMBDA, Example(trust({"AWS": "arn:aws:iam::123456789012:role/deployer"}))),
    bad=(
        Example(trust("*"), finds=("assumeRolePolicy.Statement[0] trusts everybody",)),
        Example(trust({"AWS": ["*"]}), finds=("assumeRolePolicy.Statement[0] trusts everybody",)),
        Example(trust({"AWS": "arn:aws:iam::*:root"}), finds=("assumeRolePolicy.Statement[0] trusts everybody",)),
        Example(trust({"Federated": "*"}), finds=("assumeRolePolicy.Statement[0] trusts everybody",)),
        Example(
            policy(ALL_BUT_ONE, name="assumeRolePolicy"), finds=("assumeRolePolicy.Statement[0] trusts everybody",)
        ),
        Example(
            trust({"AWS": ["arn:aws:iam::123456789012:role/deployer", "*"]}),
            finds=("assumeRolePolicy.Statement[0] trusts everybody",),
        ),
    ),
)
def iam_trust_no_wildcard_principal(resource: Resource) -> Iterator[str]:
    """No role can be assumed by anybody."""
    for statement in trusting(resource):
        if statement.not_principals or any(one.anyone or one.value == "*" for one in statement.principals):
            yield f"{statement.where} trusts everybody"


@resource_rule(
    "iam-trust-account-root-conditioned",
    title="IAM role trust policies restrict principals of an entire account with a condition",
    types=("aws:iam/role:Role",),
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "checkov:CKV_AWS_61",
        "cloudsplaining:AssumableByCrossAccountPrincipal",
        "parliament:UNKNOWN_PRINCIPAL",
    ),
    fix="Trust a role of the account, or add a condition on sts:ExternalId, aws:PrincipalOrgID or aws:PrincipalArn.",
    good=(
        LAMBDA,
        Example(trust({"AWS": ROOT}, Condition={"StringEquals": {"sts:ExternalId": "partner"}})),
        Example(trust({"AWS": ROOT}, Condition={"StringEquals": {"aws:username": "partner"}})),
        Example(trust({"AWS": ROOT}, Condition={"StringEquals": {"aws:userid": "AIDA1234567890EXAMPLE"}})),
        Example(trust({"AWS": ROOT}, Condition={"StringEquals": {"aws:PrincipalTag/team": "partner"}})),
        Example(
            trust(
                {"AWS": ROOT}, Condition={"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::210987654321:role/partner"}}
            )
        ),
        Example(trust({"AWS": ROOT}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})),
        Example(
            trust({"AWS": ROOT}, Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}})
        ),
    ),
    bad=(
        Example(trust({"AWS": ROOT}), finds=("assumeRolePolicy.Statement[0] trusts every identity of 210987654321",)),
        Example(
            trust({"AWS": "210987654321"}),
            finds=("assumeRolePolicy.Statement[0] trusts every identity of 210987654321",),
        ),
        Example(
            trust({"AWS": ROOT}, Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::210987654321:role/*"}}),
            finds=(
                (
                    "assumeRolePolicy.Statement[0] trusts every identity of 210987654321 if aws:PrincipalArn ArnLike "
                    "arn:aws:iam::210987654321:role/*"
                ),
            ),
        ),
        Example(
            trust({"AWS": ROOT}, Condition={"StringEqualsIfExists": {"sts:ExternalId": "partner"}}),
            finds=(
                (
                    "assumeRolePolicy.Statement[0] trusts every identity of 210987654321 if sts:ExternalId "
                    "StringEqualsIfExists partner"
                ),
            ),
        ),
        Example(
            trust(
                {"AWS": [ROOT, "123456789012"]},
                Condition={
                    "ArnLike": {
                        "aws:PrincipalArn": ["arn:aws:iam::210987654321:role/partner", "arn:aws:iam::210987654321:*"]
                    }
                },
            ),
            finds=(
                (
                    "assumeRolePolicy.Statement[0] trusts every identity of 210987654321, "
                    "123456789012 if aws:PrincipalArn ArnLike "
                    "arn:aws:iam::210987654321:role/partner, arn:aws:iam::210987654321:*"
                ),
            ),
        ),
        Example(
            trust(
                {"AWS": ROOT},
                Condition={"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::210987654321:role/partner"}},
            ),
            finds=(
                (
                    "assumeRolePolicy.Statement[0] trusts every identity of 210987654321 if "
                    "aws:PrincipalArn ArnNotEquals arn:aws:iam::210987654321:role/partner"
                ),
            ),
        ),
        Example(
            trust({"AWS": ROOT}, Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
            finds=(
                (
                    "assumeRolePolicy.Statement[0] trusts every identity of 210987654321 if "
                    "aws:PrincipalOrgID StringNotEquals o-a1b2c3d4e5"
                ),
            ),
        ),
        Example(
            trust({"AWS": ROOT}, Condition={"StringEquals": {"aws:PrincipalAccount": "210987654321"}}),
            finds=(
                (
                    "assumeRolePolicy.Statement[0] trusts every identity of 210987654321 if "
                    "aws:PrincipalAccount StringEquals 210987654321"
                ),
            ),
        ),
    ),
)
def iam_trust_account_root_conditioned(resource: Resource) -> Iterator[str]:
    """A role that trusts a whole account says which of its identities are meant."""
    for statement in trusting(resource):
        accounts = [one.account for one in statement.principals if one.whole_account]
        if accounts and not any(_names_identity(condition) for condition in statement.conditions):
            condition = conditional(statement.conditions)
            yield f"{statement.where} trusts every identity of {', '.join(accounts)}{condition}"


def _names_identity(condition: Condition) -> bool:
    """Tell whether a condition says which identities of an account are meant, or shares a secret with them."""
    key = condition.key.lower()
    if key in {"sts:externalid", "aws:username", "aws:userid"} or key.startswith("aws:principaltag/"):
        return names_values(condition)
    if key == "aws:principalarn":
        return limits_caller(condition) and not any(value.endswith((":*", ":role/*")) for value in condition.values)
    return key in {"aws:principalorgid", "aws:principalorgpaths"} and limits_caller(condition)


@resource_rule(
    "iam-trust-service-source-conditioned",
    title="IAM role trust policies restrict the source of services prone to the confused deputy problem",
    types=("aws:iam/role:Role",),
    category="least-privilege",
    severity="medium",
    env="same",
    fix='Add {"StringEquals": {"aws:SourceAccount": "<account>"}}, or aws:SourceArn, to the trust statement.',
    good=(
        LAMBDA,
        Example(
            trust(
                {"Service": "scheduler.amazonaws.com"},
                Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}},
            )
        ),
    ),
    bad=(
        *(
            Example(
                trust({"Service": service}, Condition={operator: {key: value}} if operator else {}),
                finds=(
                    f"assumeRolePolicy.Statement[0] trusts {service} on behalf of any account"
                    + (f" if {key} {operator} {value}" if operator else ""),
                ),
            )
            for service, operator, key, value in (
                ("scheduler.amazonaws.com", "", "", ""),
                ("backup.amazonaws.com", "", "", ""),
                ("states.amazonaws.com.cn", "", "", ""),
                ("events.amazonaws.com", "StringLike", "aws:SourceArn", "arn:aws:events:*"),
                ("events.amazonaws.com", "ArnLike", "aws:SourceArn", "arn:aws:events:*:*:rule/r"),
                ("sns.amazonaws.com", "IpAddress", "aws:SourceIp", "10.0.0.0/8"),
            )
        ),
        Example(
            trust({"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}),
            finds=(
                (
                    "assumeRolePolicy.Statement[0] trusts events.amazonaws.com, sns.amazonaws.com"
                    " on behalf of any account"
                ),
            ),
        ),
    ),
)
def iam_trust_service_source_conditioned(resource: Resource) -> Iterator[str]:
    """A service that acts for others may assume a role only for this account."""
    for statement in trusting(resource):
        deputies = sorted(
            one.value for one in statement.principals if one.value.removesuffix(".cn") in CONFUSED_DEPUTIES
        )
        if deputies and not any(limits_source(condition) for condition in statement.conditions):
            condition = conditional(statement.conditions)
            yield f"{statement.where} trusts {', '.join(deputies)} on behalf of any account{condition}"


@resource_rule(
    "iam-trust-single-service",
    title="IAM role trust policies allow at most one AWS service",
    types=("aws:iam/role:Role",),
    category="least-privilege",
    severity="medium",
    env="same",
    sources=("cloudsplaining:AssumableByComputeService",),
    fix="Give each service a role of its own.",
    good=(
        LAMBDA,
        Example(trust({"Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]})),
        Example(trust({"Service": "lambda.amazonaws.com", "AWS": "arn:aws:iam::123456789012:role/deployer"})),
    ),
    bad=(
        Example(
            trust({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}),
            finds=("the role can be assumed by ec2.amazonaws.com, lambda.amazonaws.com",),
        ),
    ),
)
def iam_trust_single_service(resource: Resource) -> Iterator[str]:
    """A role serves one service."""
    services = {one.value for statement in trusting(resource) for one in statement.principals if one.kind == "Service"}
    if len(services) > 1 and frozenset(services) not in PAIRS:
        yield f"the role can be assumed by {', '.join(sorted(services))}"

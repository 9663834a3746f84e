"""Roles for the identities of an OIDC provider."""

from collections.abc import Iterator

from serverless_guard.iam.conditions import names_values
from serverless_guard.iam.document import Statement
from serverless_guard.iam.examples import trust
from serverless_guard.record import Resource
from serverless_guard.rules.least_privilege.iam_trust import trusting
from serverless_guard.rules.rule import Example, resource_rule

LAMBDA = Example(trust({"Service": "lambda.amazonaws.com"}))
ROOT = "arn:aws:iam::210987654321:root"
GITHUB = {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}
ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = {f"{ISSUER}:aud": "sts.amazonaws.com"}


def _saml(provider: str) -> bool:
    return ":saml-provider/" in provider


def _wide_subjects(statement: Statement) -> Iterator[str]:
    for condition in statement.conditions:
        if not condition.key.lower().endswith(":sub") or not names_values(condition):
            continue
        for value in condition.values:
            # `repo:org/name:...` names the repository; a wildcard before its second colon opens others.
            kind, _, rest = value.partition(":")
            repository = rest.partition(":")[0]
            if kind == "repo" and ("/" not in repository or {"*", "?"} & set(repository)):
                yield f"{statement.where}: sub admits more than one repository by {value}"
            elif {"*", "?"} & set(kind):
                yield f"{statement.where}: sub admits any subject by {value}"


@resource_rule(
    "iam-trust-oidc-scoped",
    title="IAM role trust policies for OIDC providers restrict the audience and the subject",
    types=("aws:iam/role:Role",),
    category="least-privilege",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_358",
        "checkov:CKV_AWS_393",
        "parliament:UNKNOWN_FEDERATION_SOURCE",
    ),
    fix="Compare the provider's aud with StringEquals, and its sub with one repository and branch or environment.",
    good=(
        LAMBDA,
        Example(
            trust(
                GITHUB,
                Action="sts:AssumeRoleWithWebIdentity",
                Condition={"StringEquals": AUDIENCE | {f"{ISSUER}:sub": "repo:acme/blog:ref:refs/heads/main"}},
            )
        ),
        Example(trust({"Federated": "arn:aws:iam::123456789012:saml-provider/corp"}, Action="sts:AssumeRoleWithSAML")),
        Example(trust({"Federated": "arn:aws:iam::123456789012:saml-provider/corp"}, Action="sts:AssumeRole*")),
        Example(trust(GITHUB, Action="sts:TagSession")),
        Example(
            trust(
                {"Federated": "graph.facebook.com"},
                Action="sts:AssumeRoleWithWebIdentity",
                Condition={"StringEquals": {"graph.facebook.com:app_id": "1", "graph.facebook.com:sub": "2"}},
            )
        ),
        Example(
            trust(
                {"Federated": "cognito-identity.amazonaws.com"},
                Action="sts:AssumeRoleWithWebIdentity",
                Condition={
                    "StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:1"},
                    "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
                },
            )
        ),
        Example(
            trust(
                GITHUB,
                Action="sts:AssumeRoleWithWebIdentity",
                Condition={"StringEquals": AUDIENCE, "StringLike": {f"{ISSUER}:sub": "repo:acme/blog:*"}},
            )
        ),
        Example(trust({"AWS": ROOT}, Action="sts:AssumeRoleWithWebIdentity")),
        Example(
            trust(
                GITHUB,
                Action="sts:AssumeRoleWithWebIdentity",
                Condition={
                    "StringEquals": AUDIENCE | {f"{ISSUER}:sub": "repo:acme/blog:ref:refs/heads/main"},
                    "StringLike": {f"{ISSUER}:ref": "*main"},
                },
            )
        ),
    ),
    bad=(
        Example(
            trust(GITHUB, Action="sts:AssumeRoleWithWebIdentity"),
            finds=(
                "assumeRolePolicy.Statement[0] does not compare the provider's aud",
                (
                    "assumeRolePolicy.Statement[0] does not compare the provider's sub: every "
                    "identity of the provider may assume it"
                ),
            ),
        ),
        Example(
            trust(GITHUB, Action="sts:AssumeRoleWithWebIdentity", Condition={"StringEquals": AUDIENCE}),
            finds=(
                (
                    "assumeRolePolicy.Statement[0] does not compare the provider's sub: every "
                    "identity of the provider may assume it"
                ),
            ),
        ),
        Example(
            trust(
                GITHUB,
                Action="sts:AssumeRoleWithWebIdentity",
                Condition={"StringEquals": AUDIENCE, "StringLike": {f"{ISSUER}:sub": "repo:acme/*"}},
            ),
            finds=("assumeRolePolicy.Statement[0]: sub admits more than one repository by repo:acme/*",),
        ),
        Example(
            trust({"AWS": ROOT, **GITHUB}, Action="sts:AssumeRoleWithWebIdentity"),
            finds=(
                "assumeRolePolicy.Statement[0] does not compare the provider's aud",
                (
                    "assumeRolePolicy.Statement[0] does not compare the provider's sub: every "
                    "identity of the provider may assume it"
                ),
            ),
        ),
        Example(
            trust(
                GITHUB,
                Action="sts:AssumeRoleWithWebIdentity",
                Condition={"StringEquals": AUDIENCE, "StringNotLike": {f"{ISSUER}:sub": "repo:acme/*"}},
            ),
            finds=(
                (
                    "assumeRolePolicy.Statement[0] does not compare the provider's sub: every "
                    "identity of the provider may assume it"
                ),
            ),
        ),
        Example(
            trust(
                GITHUB,
                Action="sts:AssumeRoleWithWebIdentity",
                Condition={
                    "StringEquals": AUDIENCE,
                    "StringLike": {
                        f"{ISSUER}:sub": [
                            "repo:acme/blo?:*",
                            "repo:acme",
                            "*",
                            "?roject:acme:*",
                            "project_path:acme/blog:*",
                        ]
                    },
                },
            ),
            finds=(
                (
                    "assumeRolePolicy.Statement[0] does not compare the provider's sub: every "
                    "identity of the provider may assume it"
                ),
            ),
        ),
        Example(
            trust(
                GITHUB,
                Action="sts:AssumeRoleWithWebIdentity",
                Condition={
                    "StringEquals": AUDIENCE,
                    "StringLike": {
                        f"{ISSUER}:sub": ["repo:acme/blo?:*", "repo:acme:*", "repo:acme*/blog:ref:refs/heads/main"]
                    },
                },
            ),
            finds=(
                "assumeRolePolicy.Statement[0]: sub admits more than one repository by repo:acme/blo?:*",
                "assumeRolePolicy.Statement[0]: sub admits more than one repository by repo:acme:*",
                (
                    "assumeRolePolicy.Statement[0]: sub admits more than one repository by "
                    "repo:acme*/blog:ref:refs/heads/main"
                ),
            ),
        ),
        Example(
            trust(
                {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"},
                Action="sts:AssumeRoleWithWebIdentity",
                Condition={
                    "StringEquals": {"gitlab.com:aud": "sts"},
                    "StringLike": {
                        "gitlab.com:sub": ["p*:acme/blog:*", "project_pat?:acme/blog:*", "project_path:acme/*:ref"]
                    },
                },
            ),
            finds=(
                "assumeRolePolicy.Statement[0]: sub admits any subject by p*:acme/blog:*",
                "assumeRolePolicy.Statement[0]: sub admits any subject by project_pat?:acme/blog:*",
            ),
        ),
    ),
)
def iam_trust_oidc_scoped(resource: Resource) -> Iterator[str]:
    """A role for an identity provider names the audience and the subject."""
    for statement in trusting(resource):
        web = any(one.kind == "Federated" and not _saml(one.value) for one in statement.principals)
        if not web or not statement.grants("sts:AssumeRoleWithWebIdentity"):
            continue
        keys = {
            condition.key.lower().rpartition(":")[2] for condition in statement.conditions if names_values(condition)
        }
        if "aud" not in keys and "app_id" not in keys:
            yield f"{statement.where} does not compare the provider's aud"
        if not {"sub", "amr"} & keys:
            yield f"{statement.where} does not compare the provider's sub: every identity of the provider may assume it"
        yield from _wide_subjects(statement)

"""Secrets and parameters that are encrypted."""

import re
from collections.abc import Iterator

from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import any_holds, own_key
from serverless_guard.rules.encryption.credentials import is_credential, is_literal, names_secret
from serverless_guard.rules.rule import Example, resource_rule

PLAIN = "the parameter has the {} of a secret and is a {}"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"


@resource_rule(
    "secret-cmk",
    title="Secrets Manager secrets are encrypted with a customer managed KMS key",
    types=("aws:secretsmanager/secret:Secret",),
    category="encryption",
    severity="low",
    env="prod-only",
    sources=(
        "compliance:aws-secretsmanager-secret-configure-customer-managed-key",
        "cdk-nag:Nag-SecretsManagerUsingKMSKey",
        "checkov:CKV_AWS_149",
        "trivy:AWS-0098",
    ),
    fix="Set kmsKeyId to a key of your own.",
    good=(Example({"kmsKeyId": KEY}),),
    bad=(
        Example({}, finds=("kmsKeyId is not set",)),
        Example(
            {"kmsKeyId": "alias/aws/secretsmanager"},
            finds=("kmsKeyId is the AWS managed key alias/aws/secretsmanager",),
        ),
        Example(
            {"kmsKeyId": KEY, "replicas": [{"region": "eu-central-1", "kmsKeyId": "alias/aws/secretsmanager"}]},
            finds=("replicas[0].kmsKeyId is the AWS managed key alias/aws/secretsmanager",),
        ),
    ),
    unknown_passes_because="A kmsKeyId that is unknown is the id of a key that does not exist yet.",
)
def secret_cmk(resource: Resource) -> Iterator[str]:
    """A secret, and each replica of it, is encrypted with a key of the account's own."""
    yield from own_key(resource.props, "kmsKeyId")
    for replica in resource.props.blocks("replicas") if resource.props.has("replicas") else ():
        yield from own_key(replica, "kmsKeyId")


@resource_rule(
    "ssm-secure-string",
    title="SSM parameters that contain secrets are of type SecureString",
    types=("aws:ssm/parameter:Parameter",),
    category="encryption",
    severity="high",
    env="same",
    sources=("checkov:CKV2_AWS_34",),
    fix="Set type to SecureString and value to a secret.",
    good=(
        Example({"type": "SecureString", "name": "/blog/db-password", "value": "x"}),
        Example({"type": "String", "name": "/blog/table", "value": "blog"}),
        Example({"type": "String", "name": "/blog/table", "value": UNKNOWN}),
        Example({"type": "SecureString", "name": "/blog/db-password", "value": UNKNOWN}),
        Example({"type": "String", "value": "blog"}),
        Example({"type": "String", "name": "/blog/db-secret", "value": "arn:aws:secretsmanager:eu-west-1:1:secret:x"}),
        Example({"type": "String", "name": "/blog/token/url", "value": "https://id.example.com/token"}),
        Example({"type": "String", "name": "/secret/blog/orders/x", "value": "blog"}),
        Example({"type": "String", "name": "/blog/token/orders/prod", "value": "blog"}),
    ),
    bad=(
        Example({"type": "String", "name": "/blog/db-password", "value": "x"}, finds=(PLAIN.format("name", "String"),)),
        Example(
            {"type": "String", "name": "/blog/dbPass/prod", "value": UNKNOWN}, finds=(PLAIN.format("name", "String"),)
        ),
        Example(
            {"type": "StringList", "name": "/blog/tokens/token", "value": "a,b"},
            finds=(PLAIN.format("name", "StringList"),),
        ),
        Example(
            {"type": "String", "name": "/blog/key", "value": "AKIA" + "IOSFODNN7EXAMPLE"},
            finds=(PLAIN.format("form", "String"),),
        ),
        Example(
            {"type": "SecureString", "name": "/blog/token", "insecureValue": "x"},
            finds=(PLAIN.format("name", "SecureString with an insecureValue"),),
        ),
        Example(
            {"type": "String", "name": "/blog/key", "insecureValue": "AKIA" + "IOSFODNN7EXAMPLE"},
            finds=(PLAIN.format("form", "String with an insecureValue"),),
        ),
        Example(
            {"name": "/blog/db-password/prod/", "value": "hunter22"},
            finds=("the parameter has the name of a secret and is a String",),
        ),
        Example(
            {"type": "String", "name": "/blog/db-password", "value": "/blog/other", "insecureValue": "hunter22"},
            finds=("the parameter has the name of a secret and is a String with an insecureValue",),
        ),
    ),
    unknown_passes_because="A value that is unknown is what another resource answers, no credential in the program.",
)
def ssm_secure_string(resource: Resource) -> Iterator[str]:
    """A parameter that is a secret is encrypted.

    The provider keeps every value as a secret, so a preview's JSON has none: the type is read first, and a value only
    where the type is not SecureString.
    """
    props = resource.props
    insecure = props.has("insecureValue")
    found: list[str] = []

    def holds_no_secret() -> bool:
        found.extend(_secret_by(resource))
        return not found

    if not any_holds(lambda: not insecure and props.text("type") == "SecureString", holds_no_secret):
        state = f"{props.text('type') or 'String'}{' with an insecureValue' if insecure else ''}"
        yield from (PLAIN.format(how, state) for how in found)


def _secret_by(parameter: Resource) -> Iterator[str]:
    """Tell by what a parameter is a secret: by the form of its value or by its name."""
    props = parameter.props
    texts = [text for text in (props.known_text(key) for key in ("value", "insecureValue")) if text is not None]
    if any(map(is_credential, texts)):
        yield "form"
    elif (not texts or any(map(is_literal, texts))) and _names_secret(props.text("name") or parameter.name):
        yield "name"


def _names_secret(name: str) -> bool:
    """Tell whether the last part of a parameter's name is one of a secret, or the one before an environment."""
    parts = [part for part in re.split(r"[/.]", name) if part]
    return any(map(names_secret, parts[-2:]))

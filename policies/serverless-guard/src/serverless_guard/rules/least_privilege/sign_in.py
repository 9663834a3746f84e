"""Sign-in with Cognito that withstands guessing."""

from collections.abc import Iterator

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import is_not
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule

CLASSES = ("requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols")
STRONG = {"minimumLength": 12} | dict.fromkeys(CLASSES, True)
HARDENED = {"preventUserExistenceErrors": "ENABLED", "enableTokenRevocation": True}


@resource_rule(
    "cognito-mfa",
    title="Cognito user pools have MFA enabled, and require it in production",
    types=("aws:cognito/userPool:UserPool",),
    category="least-privilege",
    severity="medium",
    env="prod-mandatory-dev-advisory",
    sources=(
        "cdk-nag:AwsSolutions-COG2",
        "fsbp:Cognito.5",
    ),
    fix="Set mfaConfiguration to ON, with a softwareTokenMfaConfiguration.",
    good=(Example({"mfaConfiguration": "ON"}), Example({"mfaConfiguration": "OPTIONAL"}, production=False)),
    bad=(
        Example({}, finds=("mfaConfiguration is OFF",)),
        Example({"mfaConfiguration": "OPTIONAL"}, finds=("mfaConfiguration is OPTIONAL",)),
        Example({"mfaConfiguration": "OFF"}, finds=("mfaConfiguration is OFF",), production=False),
    ),
)
def cognito_mfa(resource: Resource) -> Iterator[str]:
    """Signing in takes a second factor: in production for everybody, elsewhere for who wants."""
    mfa = resource.props.text("mfaConfiguration") or "OFF"
    if mfa == "OFF" or (resource.production and mfa != "ON"):
        yield f"mfaConfiguration is {mfa}"


@resource_rule(
    "cognito-password-policy",
    title="Cognito user pools have a strong password policy",
    types=("aws:cognito/userPool:UserPool",),
    category="least-privilege",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-COG1",
        "fsbp:Cognito.3",
    ),
    fix="Set passwordPolicy to 12 characters with lower case, upper case, numbers and symbols.",
    options={"minimumLength": Option(12, "Characters of a password, at least.")},
    good=(Example({"passwordPolicy": STRONG}),),
    bad=(
        Example(
            {},
            finds=(
                "passwordPolicy.minimumLength is absent, below the minimum of 12",
                "passwordPolicy.requireLowercase is not true",
                "passwordPolicy.requireUppercase is not true",
                "passwordPolicy.requireNumbers is not true",
                "passwordPolicy.requireSymbols is not true",
            ),
        ),
        Example(
            {"passwordPolicy": STRONG | {"minimumLength": 8}},
            finds=("passwordPolicy.minimumLength is 8, below the minimum of 12",),
        ),
        Example(
            {"passwordPolicy": STRONG | {"requireSymbols": False}}, finds=("passwordPolicy.requireSymbols is not true",)
        ),
    ),
)
def cognito_password_policy(resource: Resource) -> Iterator[str]:
    """A password is long and mixed."""
    length = resource.props.number("passwordPolicy.minimumLength")
    least = resource.settings["minimumLength"]
    if length is None or length < least:
        given = "absent" if length is None else f"{length:g}"
        yield f"passwordPolicy.minimumLength is {given}, below the minimum of {least}"
    for name in CLASSES:
        if resource.props.flag(f"passwordPolicy.{name}") is not True:
            yield f"passwordPolicy.{name} is not true"


cognito_no_unauthenticated_identities = Rule(
    id="cognito-no-unauthenticated-identities",
    types=("aws:cognito/identityPool:IdentityPool",),
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-COG7",
        "checkov:CKV_AWS_366",
        "fsbp:Cognito.2",
    ),
    title="Cognito identity pools do not allow unauthenticated identities",
    rationale="Nobody gets AWS credentials without signing in.",
    fix="Set allowUnauthenticatedIdentities to false.",
    check=is_not("allowUnauthenticatedIdentities", unwanted=True),
    good=(Example({"allowUnauthenticatedIdentities": False}),),
    bad=(Example({"allowUnauthenticatedIdentities": True}, finds=("allowUnauthenticatedIdentities is true",)),),
)


@resource_rule(
    "cognito-client-hardened",
    title="Cognito app clients hide user existence, allow token revocation and disallow implicit grants",
    types=("aws:cognito/userPoolClient:UserPoolClient", "aws:cognito/managedUserPoolClient:ManagedUserPoolClient"),
    category="least-privilege",
    severity="medium",
    env="same",
    fix="Set preventUserExistenceErrors to ENABLED, enableTokenRevocation to true, allowedOauthFlows to code.",
    good=(Example(HARDENED), Example({"preventUserExistenceErrors": "ENABLED"})),
    bad=(
        Example({}, finds=("preventUserExistenceErrors is not ENABLED",)),
        Example(HARDENED | {"enableTokenRevocation": False}, finds=("enableTokenRevocation is false",)),
        Example(
            HARDENED | {"allowedOauthFlows": ["code", "implicit"]},
            finds=("allowedOauthFlows has implicit: tokens end in the browser's history",),
        ),
    ),
)
def cognito_client_hardened(resource: Resource) -> Iterator[str]:
    """A client does not tell who exists, and its tokens can be revoked. New clients revoke by default."""
    if resource.props.text("preventUserExistenceErrors") != "ENABLED":
        yield "preventUserExistenceErrors is not ENABLED"
    if resource.props.flag("enableTokenRevocation") is False:
        yield "enableTokenRevocation is false"
    if "implicit" in resource.props.texts("allowedOauthFlows"):
        yield "allowedOauthFlows has implicit: tokens end in the browser's history"

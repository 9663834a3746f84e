"""Issuers of tokens that authorizers trust."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from serverless_guard.iam.accounts import account_of, own_accounts
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.rule import Example, Option, stack_rule

JWT, REST = "aws:apigatewayv2/authorizer:Authorizer", "aws:apigateway/authorizer:Authorizer"
GRAPHQL, EVENTS = "aws:appsync/graphQLApi:GraphQLApi", "aws:appsync/api:Api"
SIGN_IN, IDENTITIES = "aws:cognito/identityProvider:IdentityProvider", "aws:cognito/identityPool:IdentityPool"
SOURCE = "aws:verifiedpermissions/identitySource:IdentitySource"
CLUSTER = "aws:eks/identityProviderConfig:IdentityProviderConfig"
AGENTS = "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime"
GATEWAY = "aws:bedrock/agentcoreGateway:AgentcoreGateway"
ISSUERS: Final[dict[str, tuple[str, ...]]] = {
    JWT: ("jwtConfiguration.issuer",),
    REST: ("providerArns",),
    GRAPHQL: tuple(
        f"{place}{name}"
        for place in ("", "additionalAuthenticationProviders.")
        for name in ("openidConnectConfig.issuer", "userPoolConfig.userPoolId")
    ),
    EVENTS: (
        "eventConfig.authProviders.openidConnectConfig.issuer",
        "eventConfig.authProviders.cognitoConfig.userPoolId",
    ),
    SIGN_IN: ("providerDetails.oidc_issuer", "providerDetails.MetadataURL"),
    IDENTITIES: ("cognitoIdentityProviders.providerName", "openidConnectProviderArns", "samlProviderArns"),
    SOURCE: (
        "configuration.openIdConnectConfiguration.issuer",
        "configuration.cognitoUserPoolConfiguration.userPoolArn",
    ),
    CLUSTER: ("oidc.issuerUrl",),
    AGENTS: ("authorizerConfiguration.customJwtAuthorizer.discoveryUrl",),
    GATEWAY: ("authorizerConfiguration.customJwtAuthorizer.discoveryUrl",),
    **{
        f"aws:{module}/{type_}": tuple(
            f"{actions}.{name}"
            for name in ("authenticateOidc.issuer", "jwtValidation.issuer", "authenticateCognito.userPoolArn")
        )
        for module in ("lb", "alb")
        for type_, actions in (("listener:Listener", "defaultActions"), ("listenerRule:ListenerRule", "actions"))
    },
}
"""Types that trust the tokens of an issuer, and the properties that name it. Source: pulumi_aws 7.

Providers that Cognito knows by name, such as Google, are left out: choosing one is trusting it.
"""
FUNCTIONS: Final[dict[str, str]] = {
    JWT: "authorizerUri",
    REST: "authorizerUri",
    GRAPHQL: "lambdaAuthorizerConfig.authorizerUri",
}
"""Types that ask a function whom to trust, and the property that names it."""
PROVIDERS: Final = (
    "aws:cognito/userPool:UserPool",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    "aws:iam/samlProvider:SamlProvider",
)
FUNCTION_ARN: Final = re.compile(r"arn:[^:]+:lambda:[^:]+:\d{12}:function:[^/]+")
POOL = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1b2c3d4e"
STRANGER = "https://login.example.com"
OWN, OTHER = "123456789012", "210987654321"
OTHER_POOL = f"arn:aws:cognito-idp:eu-west-1:{OTHER}:userpool/eu-west-1_x"
OWN_POOL = OTHER_POOL.replace(OTHER, OWN)
OTHER_PROVIDER = f"arn:aws:iam::{OTHER}:oidc-provider/login.example.com"
DISCOVERY = "/.well-known/openid-configuration"
PINNED = {"allowedAccountIds": [OWN]}
USER_POOL = Example({"name": "eu-west-1_a1b2c3d4e"}, type=PROVIDERS[0], name="pool")
OTHER_FUNCTION = f"arn:aws:lambda:eu-west-1:{OTHER}:function:f"
AUTHORIZER_URI = f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{OTHER_FUNCTION}/invocations"


def _stranger(kind: str, place: str, value: str = STRANGER) -> Example:
    """Write a resource that names an issuer at a place; a step that ends in [0] is a list."""
    props: object = value
    for step in reversed(place.split(".")):
        name = step.removesuffix("[0]")
        props = {name: props if name == step else [props]}
    found = f"{place} trusts {value}, which is not of the program"
    return Example(cast("Mapping[str, object]", props), type=kind, provider=PINNED, finds=(found,))


@stack_rule(
    "authorizer-issuer-trusted",
    title="Authorizers trust only issuers of the program and configured ones",
    types=tuple(ISSUERS),
    category="least-privilege",
    severity="high",
    env="same",
    fix="Use a user pool of the program, or add the issuer to the rule's option issuers.",
    options={
        "issuers": Option([], "Issuers that are trusted: URLs, ids of user pools, or ARNs."),
        "accounts": Option([], "Numbers of accounts whose user pools, providers and functions are trusted."),
    },
    good=(
        Example({"jwtConfiguration": {"issuer": UNKNOWN}}),
        Example({"jwtConfiguration": {"issuer": POOL}}, depends={"jwtConfiguration": ("pool",)}, others=(USER_POOL,)),
        Example({"jwtConfiguration": {"issuer": f"{STRANGER}/"}}, settings={"issuers": [STRANGER]}),
        Example({"jwtConfiguration": {"issuer": POOL}}, settings={"issuers": ["eu-west-1_a1b2c3d4e"]}),
        Example({"jwtConfiguration": {"issuer": POOL}}, settings={"issuers": [f"{POOL}/"]}),
        Example(
            {"authorizerConfiguration": {"customJwtAuthorizer": {"discoveryUrl": f"{STRANGER}{DISCOVERY}"}}},
            type=GATEWAY,
            settings={"issuers": [STRANGER]},
        ),
        Example({"providerArns": [OWN_POOL]}, type=REST, provider=PINNED),
        Example(
            {"openidConnectProviderArns": [OTHER_PROVIDER]},
            type=IDENTITIES,
            depends={"openidConnectProviderArns": ("p",)},
            others=(Example({"url": STRANGER}, type=PROVIDERS[1], name="p"),),
        ),
        Example(
            {"samlProviderArns": [OTHER_PROVIDER]},
            type=IDENTITIES,
            depends={"samlProviderArns": ("p",)},
            others=(Example({}, type=PROVIDERS[2], name="p"),),
        ),
        Example({"providerArns": [OTHER_POOL]}, type=REST, provider=PINNED, settings={"accounts": [OTHER]}),
        Example({"authorizerUri": AUTHORIZER_URI.replace(OTHER, OWN)}, type=REST, provider=PINNED),
        Example({"authorizerUri": AUTHORIZER_URI}, type=REST),
        Example({"providerType": "Google", "providerDetails": {"client_id": "c"}}, type=SIGN_IN),
    ),
    bad=(
        Example(
            {"jwtConfiguration": {"issuer": STRANGER}},
            finds=(f"jwtConfiguration.issuer trusts {STRANGER}, which is not of the program",),
        ),
        Example(
            {"jwtConfiguration": {"issuer": POOL}},
            finds=(f"jwtConfiguration.issuer trusts {POOL}, which is not of the program",),
            others=(Example({"name": "eu-west-1_other"}, type=PROVIDERS[0], name="pool"),),
        ),
        Example(
            {"providerArns": [OWN_POOL, OTHER_POOL]},
            type=REST,
            depends={"providerArns": ("pool",)},
            provider=PINNED,
            finds=(f"providerArns[1] trusts {OTHER_POOL}, which is not of the program",),
            others=(USER_POOL,),
        ),
        Example(
            {
                "userPoolConfig": {"userPoolId": "eu-west-1_x"},
                "additionalAuthenticationProviders": [{"openidConnectConfig": {"issuer": STRANGER}}],
            },
            type=GRAPHQL,
            finds=(
                (
                    f"additionalAuthenticationProviders[0].openidConnectConfig.issuer trusts {STRANGER}, which is not "
                    "of the program"
                ),
                "userPoolConfig.userPoolId trusts eu-west-1_x, which is not of the program",
            ),
        ),
        Example(
            {"providerType": "SAML", "providerDetails": {"MetadataURL": f"{STRANGER}/saml"}},
            type=SIGN_IN,
            finds=(f"providerDetails.MetadataURL trusts {STRANGER}/saml, which is not of the program",),
        ),
        _stranger(EVENTS, "eventConfig.authProviders[0].openidConnectConfig.issuer"),
        _stranger(EVENTS, "eventConfig.authProviders[0].cognitoConfig.userPoolId", "eu-west-1_x"),
        _stranger(GRAPHQL, "openidConnectConfig.issuer"),
        _stranger(GRAPHQL, "additionalAuthenticationProviders[0].userPoolConfig.userPoolId", "eu-west-1_x"),
        _stranger(SIGN_IN, "providerDetails.oidc_issuer"),
        _stranger(IDENTITIES, "cognitoIdentityProviders[0].providerName", POOL.removeprefix("https://")),
        _stranger(IDENTITIES, "openidConnectProviderArns[0]", OTHER_PROVIDER),
        _stranger(IDENTITIES, "samlProviderArns[0]", f"arn:aws:iam::{OTHER}:saml-provider/s"),
        _stranger(SOURCE, "configuration.openIdConnectConfiguration.issuer"),
        _stranger(SOURCE, "configuration.cognitoUserPoolConfiguration.userPoolArn", OTHER_POOL),
        _stranger(CLUSTER, "oidc.issuerUrl"),
        _stranger(AGENTS, "authorizerConfiguration.customJwtAuthorizer.discoveryUrl", f"{STRANGER}{DISCOVERY}"),
        _stranger(GATEWAY, "authorizerConfiguration.customJwtAuthorizer.discoveryUrl", f"{STRANGER}{DISCOVERY}"),
        _stranger("aws:lb/listener:Listener", "defaultActions[0].authenticateOidc.issuer"),
        _stranger("aws:lb/listenerRule:ListenerRule", "actions[0].jwtValidation.issuer"),
        _stranger("aws:alb/listener:Listener", "defaultActions[0].authenticateCognito.userPoolArn", OTHER_POOL),
        _stranger("aws:alb/listenerRule:ListenerRule", "actions[0].authenticateOidc.issuer"),
        Example(
            {"lambdaAuthorizerConfig": {"authorizerUri": OTHER_FUNCTION}},
            type=GRAPHQL,
            provider=PINNED,
            finds=(f"lambdaAuthorizerConfig.authorizerUri trusts {OTHER_FUNCTION}, which is not of the program",),
        ),
        Example(
            {"authorizerUri": AUTHORIZER_URI},
            provider=PINNED,
            finds=(f"authorizerUri trusts {OTHER_FUNCTION}, which is not of the program",),
        ),
        Example(
            {"authorizerUri": AUTHORIZER_URI},
            type=REST,
            provider=PINNED,
            finds=(f"authorizerUri trusts {OTHER_FUNCTION}, which is not of the program",),
        ),
    ),
    unknown_passes_because="An issuer that is unknown is the output of a resource of the program.",
)
def authorizer_issuer_trusted(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Nobody else's user pool, identity provider or function decides who may call.

    A user pool is the program's when the program declares it, or when its ARN names an account of the program's own.
    """
    own = own_accounts(stack)
    accounts = own | frozenset(stack.settings["accounts"])
    issuers = {one.rstrip("/") for one in stack.settings["issuers"]} | _ids(stack)
    for resource in stack.of(*ISSUERS):
        found = [one for path in ISSUERS[resource.type] for one in _values(resource.props.values, path.split("."))]
        for path, value in sorted(found):
            issuer = value.removesuffix(DISCOVERY).rstrip("/")
            known = {issuer, re.split("[/:]", issuer)[-1]} & issuers
            alone = sum(_top(path) == _top(other) for other, _ in found) == 1
            if known or account_of(value) in accounts or (alone and stack.referred(resource, _top(path), *PROVIDERS)):
                continue
            yield resource, f"{path} trusts {value}, which is not of the program"
        for function in FUNCTION_ARN.findall(_uri(resource)) if own else ():
            if account_of(function) not in accounts:
                yield resource, f"{FUNCTIONS[resource.type]} trusts {function}, which is not of the program"


def _ids(stack: Program) -> set[str]:
    """Give the ids of the user pools of a program, as far as they are known."""
    pools = stack.of(PROVIDERS[0])
    return {value for one in pools if isinstance(value := one.outputs.get("id"), str)}


def _top(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _uri(resource: Resource) -> str:
    paths = FUNCTIONS.get(resource.type, "").split(".")
    return next((value for _, value in _values(resource.props.values, paths)), "")


def _values(value: object, steps: Sequence[str], where: str = "") -> Iterator[tuple[str, str]]:
    """Yield the strings that are known at a path, within lists as well, each with its place."""
    if isinstance(value, (list, tuple)):
        for index, item in enumerate(cast("Sequence[object]", value)):
            yield from _values(item, steps, f"{where}[{index}]")
    elif isinstance(value, Mapping) and steps:
        fields = cast("Mapping[str, object]", value)
        yield from _values(fields.get(steps[0]), steps[1:], f"{where}.{steps[0]}".removeprefix("."))
    elif isinstance(value, str) and value and not steps:
        yield where, value

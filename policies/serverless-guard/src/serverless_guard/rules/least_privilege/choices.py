"""Sign-in, sessions and code that are limited further than AWS's defaults."""

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import is_none_of, is_one_of, is_set
from serverless_guard.rules.remedies import lowers
from serverless_guard.rules.rule import Example, Option, Rule

ROLE = "aws:iam/role:Role"
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"

lambda_code_signing = Rule(
    id="lambda-code-signing",
    types=("aws:lambda/function:Function",),
    category="least-privilege",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("checkov:CKV_AWS_272",),
    title="Lambda functions other than container images have a code signing configuration",
    rationale="A function runs signed code only.",
    fix="Set codeSigningConfigArn to an aws.lambda_.CodeSigningConfig.",
    check=lambda resource: (
        ["codeSigningConfigArn is not set"]
        if not resource.props.has("codeSigningConfigArn") and resource.props.text("packageType") != "Image"
        else []
    ),
    good=(Example({"codeSigningConfigArn": "arn"}), Example({"packageType": "Image"})),
    bad=(
        Example({}, finds=("codeSigningConfigArn is not set",)),
        Example({"packageType": "Zip"}, finds=("codeSigningConfigArn is not set",)),
    ),
    unknown_passes_because="An ARN that is unknown is that of a configuration that does not exist yet.",
)

iam_role_permissions_boundary = Rule(
    id="iam-role-permissions-boundary",
    types=(ROLE,),
    category="least-privilege",
    severity="low",
    env="opt-in",
    tier="opt-in",
    title="IAM roles have a permissions boundary",
    rationale="A role has a boundary that no policy of it can pass.",
    fix="Set permissionsBoundary to a policy's ARN.",
    options={"boundary": Option("", "ARN of the policy that level remediate sets as the boundary; empty sets none.")},
    # Without an ARN there is no safe value: the violation stays and is refused.
    remedy=lambda resource: (
        {"permissionsBoundary": resource.settings["boundary"]} if resource.settings["boundary"] else {}
    ),
    check=is_set("permissionsBoundary"),
    good=(Example({"permissionsBoundary": BOUNDARY}),),
    bad=(Example({}, finds=("permissionsBoundary is not set",), settings={"boundary": BOUNDARY}),),
    unknown_passes_because="A boundary that is unknown is the ARN of a policy that does not exist yet.",
)


def _long_session(resource: Resource) -> list[str]:
    """Find a session longer than the stack's maximum; an absent value is AWS's default of one hour."""
    seconds, most = resource.props.number("maxSessionDuration") or 3600, resource.settings["maximumSeconds"]
    return [f"maxSessionDuration is {seconds:g}, above the maximum of {most} seconds"] if seconds > most else []


iam_role_max_session = Rule(
    id="iam-role-max-session",
    types=(ROLE,),
    category="least-privilege",
    severity="low",
    env="same",
    tier="extended",
    title="IAM roles do not exceed the maximum session duration",
    rationale="A session of a role ends within the hour.",
    fix="Leave maxSessionDuration out, or set it to 3600.",
    options={"maximumSeconds": Option(3600, "The longest session of a role, in seconds.")},
    remedy=lowers("maxSessionDuration", option="maximumSeconds"),
    check=_long_session,
    good=(Example({}), Example({"maxSessionDuration": 3600})),
    bad=(
        Example(
            {"maxSessionDuration": 43200}, finds=("maxSessionDuration is 43200, above the maximum of 3600 seconds",)
        ),
    ),
)

rds_custom_admin_username = Rule(
    id="rds-custom-admin-username",
    types=("aws:rds/cluster:Cluster", "aws:rds/instance:Instance"),
    category="least-privilege",
    severity="low",
    env="same",
    tier="extended",
    sources=("fsbp:RDS.24", "fsbp:RDS.25"),
    title="RDS DB instances and clusters use a custom administrator username",
    rationale="A database's administrator has no name that is guessed first.",
    fix="Set masterUsername, for an instance username, to a name of your own.",
    check=lambda resource: [
        message
        for path in ("masterUsername", "username")
        for message in is_none_of(path, "admin", "postgres", "root", "rdsadmin")(resource)
    ],
    good=(Example({"masterUsername": "blog"}), Example({})),
    bad=(
        Example({"masterUsername": "postgres"}, finds=("masterUsername has postgres",)),
        Example({"username": "admin"}, finds=("username has admin",), type="aws:rds/instance:Instance"),
        Example({"username": "root"}, finds=("username has root",), type="aws:rds/instance:Instance"),
        Example({"username": "rdsadmin"}, finds=("username has rdsadmin",), type="aws:rds/instance:Instance"),
    ),
)

cognito_threat_protection = Rule(
    id="cognito-threat-protection",
    types=("aws:cognito/userPool:UserPool",),
    category="least-privilege",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("cdk-nag:AwsSolutions-COG8", "fsbp:Cognito.1"),
    title="Cognito user pools have threat protection in full-function enforcement mode",
    rationale="A sign-in that looks stolen is stopped.",
    fix="Set userPoolAddOns.advancedSecurityMode to ENFORCED and userPoolTier to PLUS.",
    check=is_one_of("userPoolAddOns.advancedSecurityMode", "ENFORCED"),
    good=(Example({"userPoolAddOns": {"advancedSecurityMode": "ENFORCED"}}),),
    bad=(
        Example({}, finds=("userPoolAddOns.advancedSecurityMode is not ENFORCED",)),
        Example(
            {"userPoolAddOns": {"advancedSecurityMode": "AUDIT"}},
            finds=("userPoolAddOns.advancedSecurityMode is AUDIT, not ENFORCED",),
        ),
    ),
)

apigateway_http_jwt_scopes = Rule(
    id="apigateway-http-jwt-scopes",
    types=("aws:apigatewayv2/route:Route",),
    category="least-privilege",
    severity="low",
    env="opt-in",
    tier="extended",
    title="API Gateway HTTP API routes with JWT authorization require authorization scopes",
    rationale="A token opens only the routes that it was issued for.",
    fix="Set authorizationScopes of the route.",
    check=lambda resource: (
        ["authorizationScopes is not set"]
        if not resource.props.has("authorizationScopes") and resource.props.text("authorizationType") == "JWT"
        else []
    ),
    good=(
        Example({"authorizationType": "JWT", "authorizationScopes": ["posts/write"]}),
        Example({"authorizationType": "AWS_IAM"}),
    ),
    bad=(Example({"authorizationType": "JWT"}, finds=("authorizationScopes is not set",)),),
    unknown_passes_because="Scopes that are unknown are there all the same.",
)

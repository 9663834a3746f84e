"""Cognito user pools.

Sources: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/cognito/.
"""

from local.provider.aws import Aws
from local.provider.resource import Facet, Live, ResourceType, Tags
from local.provider.shapes import camel, pascal
from local.provider.wire import Props, nested

_SERVICE = "cognito-idp"
_MFA = frozenset({"mfaConfiguration", "softwareTokenMfaConfiguration", "smsConfiguration", "smsAuthenticationMessage"})


def _pool_state(aws: Aws, _props: Props, live: Live) -> Props:
    policies = nested(live, "Policies")
    return {
        "name": live["Name"],
        "endpoint": f"cognito-idp.{aws.region}.amazonaws.com/{live['Id']}",
        "schemas": None,
        "passwordPolicy": camel(nested(policies, "PasswordPolicy")),
        "mfaConfiguration": live.get("MfaConfiguration", "OFF"),
    }


def _write_mfa(aws: Aws, props: Props) -> None:
    mfa = props.get("mfaConfiguration", "OFF")
    token = props.get("softwareTokenMfaConfiguration")
    sms = props.get("smsConfiguration")
    members: Live = {"MfaConfiguration": mfa}
    if token:
        members["SoftwareTokenMfaConfiguration"] = {"Enabled": bool(token["enabled"])}
    if sms:
        configuration = {"SnsCallerArn": sms["snsCallerArn"], "ExternalId": sms["externalId"]}
        members["SmsMfaConfiguration"] = {"SmsConfiguration": configuration}
    aws.call(_SERVICE, "SetUserPoolMfaConfig", UserPoolId=props["id"], **members)


def _read_mfa(aws: Aws, props: Props) -> Props:
    live = aws.call(_SERVICE, "GetUserPoolMfaConfig", UserPoolId=props["id"])
    token = nested(live, "SoftwareTokenMfaConfiguration")
    return {
        "mfaConfiguration": live.get("MfaConfiguration", "OFF"),
        "softwareTokenMfaConfiguration": {"enabled": True} if token.get("Enabled") else None,
    }


def _pool_of_same_name(aws: Aws, props: Props) -> str | None:
    pools = aws.call(_SERVICE, "ListUserPools", MaxResults=60)["UserPools"]
    return next((pool["Id"] for pool in pools if pool["Name"] == props["name"]), None)


def _client_of_same_name(aws: Aws, props: Props) -> str | None:
    clients = aws.call(_SERVICE, "ListUserPoolClients", UserPoolId=props["userPoolId"], MaxResults=60)[
        "UserPoolClients"
    ]
    return next((client["ClientId"] for client in clients if client["ClientName"] == props["name"]), None)


USER_POOL = ResourceType(
    "aws:cognito/userPool:UserPool",
    service=_SERVICE,
    create="CreateUserPool",
    read="DescribeUserPool",
    update="UpdateUserPool",
    delete="DeleteUserPool",
    keys={"UserPoolId": "id"},
    id=("{Id}",),
    import_id=("{id}",),
    at="UserPool",
    names={
        "name": "PoolName",
        "tags": "UserPoolTags",
        "schemas": "Schema",
        "accountRecoverySetting.recoveryMechanisms": "RecoveryMechanisms",
        "mfaConfiguration": "",
    },
    request=lambda props: {"Policies": {"PasswordPolicy": pascal(nested(props, "passwordPolicy"))}}
    if props.get("passwordPolicy")
    else {},
    state=_pool_state,
    replaces=frozenset({"name", "usernameAttributes", "usernameConfiguration", "aliasAttributes"}),
    defaults={"mfaConfiguration": "OFF"},
    absent={"deletionProtection": "INACTIVE"},
    computed=frozenset(
        {"accountRecoverySetting", "adminCreateUserConfig", "deviceConfiguration", "emailConfiguration",
         "emailVerificationMessage", "emailVerificationSubject", "lambdaConfig", "passwordPolicy",
         "passwordPolicy.passwordHistorySize", "passwordPolicy.temporaryPasswordValidityDays", "schemas",
         "signInPolicy",
         "smsVerificationMessage", "userAttributeUpdateSettings", "userPoolTier", "usernameConfiguration",
         "verificationMessageTemplate", "webAuthnConfiguration",
         "adminCreateUserConfig.inviteMessageTemplate", "verificationMessageTemplate.emailMessage"}
    ),
    unordered=frozenset(
        {"accountRecoverySetting.recoveryMechanisms", "aliasAttributes", "autoVerifiedAttributes", "usernameAttributes"}
    ),
    unread=frozenset({"schemas"}),
    changing=frozenset({"lastModifiedDate"}),
    facets=(Facet(inputs=_MFA, write=_write_mfa, read=_read_mfa),),
    tags=Tags(on={"ResourceArn": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsForResource"),
    twin=_pool_of_same_name,
)  # fmt: skip


USER_POOL_CLIENT = ResourceType(
    "aws:cognito/userPoolClient:UserPoolClient",
    service=_SERVICE,
    create="CreateUserPoolClient",
    read="DescribeUserPoolClient",
    update="UpdateUserPoolClient",
    delete="DeleteUserPoolClient",
    keys={"UserPoolId": "userPoolId", "ClientId": "id"},
    id=("{ClientId}",),
    import_id=("{userPoolId}/{id}",),
    at="UserPoolClient",
    names={
        "name": "ClientName",
        "accessTokenValidity": "AccessTokenValidity",
        "callbackUrls": "CallbackURLs",
        "logoutUrls": "LogoutURLs",
        "defaultRedirectUri": "DefaultRedirectURI",
        "analyticsConfiguration": "AnalyticsConfiguration",
    },
    replaces=frozenset({"userPoolId", "generateSecret"}),
    computed=frozenset(
        {"accessTokenValidity", "allowedOauthFlows", "allowedOauthFlowsUserPoolClient", "allowedOauthScopes",
         "authSessionValidity", "callbackUrls", "defaultRedirectUri", "enablePropagateAdditionalUserContextData",
         "enableTokenRevocation", "explicitAuthFlows", "idTokenValidity", "logoutUrls", "preventUserExistenceErrors",
         "readAttributes", "refreshTokenRotation", "refreshTokenValidity", "supportedIdentityProviders",
         "tokenValidityUnits", "writeAttributes"}
    ),
    unordered=frozenset(
        {"allowedOauthFlows", "allowedOauthScopes", "callbackUrls", "explicitAuthFlows", "logoutUrls", "readAttributes",
         "supportedIdentityProviders", "writeAttributes"}
    ),
    unread=frozenset({"generateSecret"}),
    twin=_client_of_same_name,
)  # fmt: skip

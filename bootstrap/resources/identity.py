"""Roles, keys, secrets, parameters and user pools.

Sources: https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html (a key that is being made is no
resource yet: its tagging is checked for all keys), https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
(an alias needs rights on itself and on its key), https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Mapping

from bootstrap.access import NOT_ANOTHERS, TAGGED, TAGGING, Access, allow, in_both_regions, regional, worldwide

ROLE = worldwide("iam", "role/{prefix}-*")
KEY = in_both_regions("kms", "key/*")
ALIAS = in_both_regions("kms", "alias/{prefix}-*")
SECRET = regional("secretsmanager", "secret:{prefix}-*")
PARAMETER = regional("ssm", "parameter/{prefix}/*")
POOL = regional("cognito-idp", "userpool/*")

ACCESS: Mapping[str, Access] = {
    "aws:iam/role:Role": Access(
        create=[allow("iam", "CreateRole TagRole", ROLE)],
        read=[allow("iam", "GetRole ListRolePolicies ListAttachedRolePolicies", ROLE)],
        update=[
            allow("iam", "UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy TagRole UntagRole", ROLE),
        ],
        delete=[allow("iam", "DeleteRole ListInstanceProfilesForRole", ROLE)],
    ),
    "aws:iam/rolePolicy:RolePolicy": Access(
        create=[allow("iam", "PutRolePolicy", ROLE)],
        read=[allow("iam", "GetRolePolicy", ROLE)],
        update=[allow("iam", "PutRolePolicy", ROLE)],
        delete=[allow("iam", "DeleteRolePolicy", ROLE)],
    ),
    "aws:kms/key:Key": Access(
        create=[
            allow("kms", "CreateKey", "*", when={"StringEquals": {"aws:RequestTag/stack": "{prefix}"}}),
            allow("kms", "TagResource", "*", when=TAGGING),
            allow("kms", "EnableKeyRotation", KEY, when=TAGGED),
        ],
        read=[allow("kms", "DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags", KEY, when=NOT_ANOTHERS)],
        update=[
            allow(
                "kms",
                "PutKeyPolicy UpdateKeyDescription EnableKey DisableKey EnableKeyRotation UntagResource",
                KEY,
                when=TAGGED,
            ),
        ],
        delete_data=[allow("kms", "ScheduleKeyDeletion", KEY, when=TAGGED)],
    ),
    "aws:kms/alias:Alias": Access(
        create=[allow("kms", "CreateAlias", ALIAS), allow("kms", "CreateAlias", KEY, when=TAGGED)],
        read=[allow("kms", "ListAliases", "*")],
        update=[allow("kms", "UpdateAlias", ALIAS), allow("kms", "UpdateAlias", KEY, when=TAGGED)],
        delete=[allow("kms", "DeleteAlias", ALIAS), allow("kms", "DeleteAlias", KEY, when=TAGGED)],
    ),
    "aws:secretsmanager/secret:Secret": Access(
        create=[allow("secretsmanager", "CreateSecret TagResource", SECRET)],
        read=[allow("secretsmanager", "DescribeSecret GetResourcePolicy", SECRET)],
        update=[allow("secretsmanager", "UpdateSecret TagResource UntagResource", SECRET)],
        delete_data=[allow("secretsmanager", "DeleteSecret", SECRET)],
    ),
    # The provider reads the value with its version, in a preview with refresh too.
    "aws:secretsmanager/secretVersion:SecretVersion": Access(
        create=[allow("secretsmanager", "PutSecretValue", SECRET)],
        read=[allow("secretsmanager", "GetSecretValue DescribeSecret", SECRET)],
        update=[allow("secretsmanager", "PutSecretValue UpdateSecretVersionStage", SECRET)],
        delete=[allow("secretsmanager", "UpdateSecretVersionStage", SECRET)],
    ),
    "aws:secretsmanager/secretRotation:SecretRotation": Access(
        create=[
            allow("secretsmanager", "RotateSecret", SECRET),
            # Secrets Manager asks whether who sets up a rotation may invoke its function.
            allow("lambda", "InvokeFunction", regional("lambda", "function:{prefix}-rotate-*")),
        ],
        read=[allow("secretsmanager", "DescribeSecret", SECRET)],
        update=[allow("secretsmanager", "RotateSecret", SECRET)],
        delete=[allow("secretsmanager", "CancelRotateSecret", SECRET)],
    ),
    "aws:ssm/parameter:Parameter": Access(
        create=[allow("ssm", "PutParameter AddTagsToResource", PARAMETER)],
        read=[
            allow("ssm", "GetParameter GetParameters ListTagsForResource", PARAMETER),
            allow("ssm", "DescribeParameters", "*"),
        ],
        update=[allow("ssm", "PutParameter AddTagsToResource RemoveTagsFromResource", PARAMETER)],
        delete=[allow("ssm", "DeleteParameter", PARAMETER)],
    ),
    "aws:cognito/userPool:UserPool": Access(
        create=[
            allow("cognito-idp", "CreateUserPool", "*", when={"StringEquals": {"aws:RequestTag/stack": "{prefix}"}}),
            allow("cognito-idp", "TagResource", POOL, when=TAGGING),
            allow("cognito-idp", "SetUserPoolMfaConfig", POOL, when=TAGGED),
        ],
        read=[
            allow("cognito-idp", "DescribeUserPool GetUserPoolMfaConfig ListTagsForResource", POOL, when=NOT_ANOTHERS)
        ],
        update=[
            allow(
                "cognito-idp",
                "UpdateUserPool SetUserPoolMfaConfig AddCustomAttributes UntagResource",
                POOL,
                when=TAGGED,
            ),
        ],
        delete_data=[allow("cognito-idp", "DeleteUserPool", POOL, when=TAGGED)],
    ),
    "aws:cognito/userPoolClient:UserPoolClient": Access(
        create=[allow("cognito-idp", "CreateUserPoolClient", POOL, when=TAGGED)],
        read=[allow("cognito-idp", "DescribeUserPoolClient", POOL, when=NOT_ANOTHERS)],
        update=[allow("cognito-idp", "UpdateUserPoolClient", POOL, when=TAGGED)],
        delete=[allow("cognito-idp", "DeleteUserPoolClient", POOL, when=TAGGED)],
    ),
}

"""Identities and what is attached to them: roles with policies of their own, no users, no keys, no administrators."""

from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.arns import POLICY
from serverless_guard.iam.examples import allow, policy
from serverless_guard.iam.identities import known_items
from serverless_guard.iam.managed_policies import ADMINISTRATORS, PRESCRIBED, name_of
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import forbidden
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
ROLE_ATTACHMENT, USER_ATTACHMENT, GROUP_ATTACHMENT = (
    f"aws:iam/{one}PolicyAttachment:{one.title()}PolicyAttachment" for one in ("role", "user", "group")
)
EXCLUSIVE = tuple(
    f"aws:iam/{one}PolicyAttachmentsExclusive:{one.title()}PolicyAttachmentsExclusive"
    for one in ("role", "user", "group")
)
ATTACHING = {
    ROLE_ATTACHMENT: "policyArn",
    policy_locations.ROLE: "managedPolicyArns",
    USER_ATTACHMENT: "policyArn",
    GROUP_ATTACHMENT: "policyArn",
    "aws:iam/policyAttachment:PolicyAttachment": "policyArn",
    **dict.fromkeys(EXCLUSIVE, "policyArns"),
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": "managedPolicyArn",
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": "managedPolicyArns",
    "aws:quicksight/iamPolicyAssignment:IamPolicyAssignment": "policyArn",
}
"""Types of pulumi_aws that attach managed policies, with the property that names them by their ARNs."""
NOT_AN_IDENTITY = (Example({}, type=policy_locations.ROLE),)


def _attached(resource: Resource) -> Iterator[str]:
    """Yield the names of AWS's managed policies that a resource attaches.

    Raises:
        UndecidedError: A policy is not known, and is not one of the program, whose ARN is never one of AWS's.
    """
    path = ATTACHING[resource.type]
    yield from filter(None, map(name_of, known_items(resource, path)))
    if resource.source_types(path) ^ {POLICY}:
        resource.props.texts(path)


@resource_rule(
    "iam-no-managed-admin-policy",
    title="IAM identities do not have AWS managed administrator policies attached",
    types=tuple(ATTACHING),
    category="least-privilege",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_274",
        "checkov:CKV_AWS_275",
        "checkov:CKV2_AWS_56",
        "trivy:AWS-0057",
    ),
    fix="Attach a policy that grants what the identity does.",
    good=(Example({"policyArn": BASIC}), Example({"managedPolicyArns": [BASIC]}, type=policy_locations.ROLE)),
    bad=(
        Example({"policyArn": ADMIN}, finds=("AdministratorAccess is attached",)),
        Example(
            {"managedPolicyArns": [BASIC, ADMIN]},
            finds=("AdministratorAccess is attached",),
            type=policy_locations.ROLE,
        ),
        Example({"policyArn": "arn:aws-cn:iam::aws:policy/IAMFullAccess"}, finds=("IAMFullAccess is attached",)),
        *(
            Example({"policyArns": [BASIC, ADMIN]}, type=one, finds=("AdministratorAccess is attached",))
            for one in EXCLUSIVE
        ),
        Example(
            {"managedPolicyArn": ADMIN},
            type="aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
            finds=("AdministratorAccess is attached",),
        ),
        *(
            Example({"policyArn": ADMIN}, type=one, finds=("AdministratorAccess is attached",))
            for one in (
                "aws:iam/userPolicyAttachment:UserPolicyAttachment",
                "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
                "aws:iam/policyAttachment:PolicyAttachment",
                "aws:quicksight/iamPolicyAssignment:IamPolicyAssignment",
            )
        ),
        Example(
            {"managedPolicyArns": [ADMIN]},
            finds=("AdministratorAccess is attached",),
            type="aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive",
        ),
    ),
)
def iam_no_managed_admin_policy(resource: Resource) -> Iterator[str]:
    """No identity is an administrator by one of AWS's managed policies."""
    return (f"{name} is attached" for name in _attached(resource) if name in ADMINISTRATORS)


@resource_rule(
    "iam-no-aws-managed-broad-policy",
    title="IAM roles do not have AWS managed policies attached unless listed",
    types=(ROLE_ATTACHMENT, policy_locations.ROLE, "aws:iam/policyAttachment:PolicyAttachment", EXCLUSIVE[0]),
    category="least-privilege",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-IAM4",
        "fsbp:IAM.27",
    ),
    fix="Write the statements that the role needs, on its own resources.",
    options={
        "allowed": Option(
            ["AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSXRayDaemonWriteAccess"],
            "Names of AWS managed policies that may be attached.",
        )
    },
    good=(
        Example({"policyArn": BASIC}),
        Example({"policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"}),
        Example({"policyArn": "arn:aws:iam::123456789012:policy/own"}),
        Example({"policyArn": UNKNOWN}, depends={"policyArn": (f"urn:pulumi:prod::blog::{POLICY}::reader",)}),
        Example(
            {
                "managedPolicyArns": [
                    BASIC,
                    "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
                    "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
                ]
            },
            type=policy_locations.ROLE,
        ),
        Example(
            {"policyArn": UNKNOWN},
            depends={"policyArn": (f"urn:pulumi:prod::blog::blog:index:Reader${POLICY}::reader", "id")},
        ),
    ),
    bad=(
        Example(
            {"policyArn": "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"},
            finds=("the AWS managed policy AmazonDynamoDBFullAccess is attached",),
        ),
        Example(
            {"policyArn": "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"},
            finds=("the AWS managed policy AmazonDynamoDBFullAccess is attached",),
            type="aws:iam/policyAttachment:PolicyAttachment",
        ),
        Example(
            {"policyArns": ["arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"]},
            finds=("the AWS managed policy AmazonDynamoDBFullAccess is attached",),
            type=EXCLUSIVE[0],
        ),
    ),
)
def iam_no_aws_managed_broad_policy(resource: Resource) -> Iterator[str]:
    """Roles have policies of their own; AWS's managed ones grant on everything and change without notice.

    What a service's guide prescribes for its own role is no choice of the program, and passes.
    """
    allowed = {*resource.settings["allowed"], *PRESCRIBED}
    return (f"the AWS managed policy {name} is attached" for name in _attached(resource) if name not in allowed)


iam_no_users = Rule(
    id="iam-no-users",
    types=("aws:iam/user:User",),
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "cdk-nag:Nag-IAMUserGroupMembership",
        "checkov:CKV_AWS_273",
        "checkov:CKV2_AWS_14",
        "checkov:CKV2_AWS_21",
    ),
    title="IAM users are not created",
    rationale="Nobody gets an IAM user.",
    fix="Use a role; for people, IAM Identity Center.",
    check=forbidden("an IAM user is created"),
    good=NOT_AN_IDENTITY,
    bad=(Example({"name": "alice"}, finds=("an IAM user is created",)),),
)

iam_no_user_attached_policy = Rule(
    id="iam-no-user-attached-policy",
    types=(
        "aws:iam/userPolicy:UserPolicy",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        "aws:iam/policyAttachment:PolicyAttachment",
    ),
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "compliance:aws-iam-user-policy-attachment-only-attachment-through-groups",
        "compliance:aws-iam-policy-attachment-only-attachment-through-groups",
        "cdk-nag:Nag-IAMUserNoPolicies",
        "checkov:CKV_AWS_40",
        "trivy:AWS-0143",
        "fsbp:IAM.2",
    ),
    title="IAM users do not have policies attached",
    rationale="Rights are given to roles and groups, not to a user.",
    fix="Attach the policy to a role or a group.",
    check=lambda resource: (
        ["the policy is attached to a user"]
        if resource.type != "aws:iam/policyAttachment:PolicyAttachment" or resource.props.has("users")
        else []
    ),
    good=(Example({"roles": ["blog-reader"]}, type="aws:iam/policyAttachment:PolicyAttachment"),),
    bad=(
        Example({"user": "alice"} | policy(allow("dynamodb:GetItem")), finds=("the policy is attached to a user",)),
        Example(
            {"users": ["alice"]},
            finds=("the policy is attached to a user",),
            type="aws:iam/policyAttachment:PolicyAttachment",
        ),
        Example(
            {"user": "alice"},
            finds=("the policy is attached to a user",),
            type="aws:iam/userPolicyAttachment:UserPolicyAttachment",
        ),
    ),
)

iam_no_access_keys = Rule(
    id="iam-no-access-keys",
    types=("aws:iam/accessKey:AccessKey",),
    category="least-privilege",
    severity="critical",
    env="same",
    sources=(
        "awsguard:access-keys-rotated",
        "checkov:CKV_AWS_348",
        "trivy:AWS-0141",
        "trivy:AWS-0146",
        "trivy:AWS-0167",
        "fsbp:IAM.3",
        "fsbp:IAM.4",
    ),
    title="IAM access keys are not created",
    rationale="Nobody gets a long-lived access key.",
    fix="Use a role: its credentials expire by themselves.",
    check=forbidden("a long-lived access key is created"),
    good=NOT_AN_IDENTITY,
    bad=(Example({"user": "root"}, finds=("a long-lived access key is created",)),),
)

iam_no_console_login = Rule(
    id="iam-no-console-login",
    types=("aws:iam/userLoginProfile:UserLoginProfile",),
    category="least-privilege",
    severity="high",
    env="same",
    sources=(
        "awsguard:mfa-enabled-for-iam-console-access",
        "checkov:CKV2_AWS_22",
        "trivy:AWS-0145",
        "fsbp:IAM.5",
    ),
    title="IAM users do not have a console password",
    rationale="Nobody gets a console password.",
    fix="Use IAM Identity Center.",
    check=forbidden("a console password is created"),
    good=NOT_AN_IDENTITY,
    bad=(Example({"user": "alice"}, finds=("a console password is created",)),),
)

iam_no_policy_attachment_resource = Rule(
    id="iam-no-policy-attachment-resource",
    types=("aws:iam/policyAttachment:PolicyAttachment",),
    category="resilience",
    severity="medium",
    env="same",
    sources=("compliance:aws-iam-policy-attachment-only-attachment-through-groups",),
    title="IAM policies are not attached with aws.iam.PolicyAttachment",
    rationale="Attaching a policy does not detach it elsewhere in the account.",
    fix="Use aws.iam.RolePolicyAttachment.",
    check=forbidden("PolicyAttachment detaches the policy from every identity of the account that it does not name"),
    good=NOT_AN_IDENTITY,
    bad=(
        Example(
            {"roles": ["blog-reader"]},
            finds=(("PolicyAttachment detaches the policy from every identity of the account that it does not name"),),
        ),
    ),
)

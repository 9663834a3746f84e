"""Privilege escalation: rights by which an identity gets more rights than it was given."""

from serverless_guard.iam import policy_locations
from serverless_guard.iam.escalation import Escalation, Escalations, describe
from serverless_guard.iam.examples import allow, policy, trust
from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.least_privilege.deployers import DEPLOYERS, deploys
from serverless_guard.rules.rule import Example, StackFindings, stack_rule

INLINE, ATTACHMENT = "aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
MANAGED, FUNCTION = "aws:iam/policy:Policy", "aws:lambda/function:Function"
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:f"
ACCOUNT = "arn:aws:iam::123456789012"
ALL = "*"
LAMBDA = trust({"Service": "lambda.amazonaws.com"})
ADMIN = Example(
    {"name": "admin", "managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"], **LAMBDA},
    type=policy_locations.ROLE,
    name="admin",
)
READER = Example({"name": "admin", **LAMBDA}, type=policy_locations.ROLE, name="admin")
CODE = policy(allow("lambda:UpdateFunctionCode", FUNCTION_ARN))
CALLED = Example({"name": "f"}, type=FUNCTION, name="f", depends={"role": ("admin",)})
BOUNDED = Example({"name": "r", "permissionsBoundary": f"{ACCOUNT}:policy/b"}, type=policy_locations.ROLE, name="r")


IN_CHINA = (
    "policy lets its identity widen its rights: iam-001 (iam:CreatePolicyVersion on arn:aws-cn:iam::123456789012:*); "
    "privesc2-SetExistingDefaultPolicyVersion (iam:SetDefaultPolicyVersion on arn:aws-cn:iam::123456789012:*)"
)


@stack_rule(
    "iam-no-privilege-escalation",
    title="IAM policies do not allow privilege escalation",
    types=policy_locations.IDENTITY,
    category="least-privilege",
    severity="critical",
    env="same",
    sources=(
        "checkov:CKV_AWS_286",
        "checkov:CKV_AWS_110",
        "cloudsplaining:PrivilegeEscalation",
        "parliament:PRIVILEGE_ESCALATION",
        "parliament:RESOURCE_POLICY_PRIVILEGE_ESCALATION",
    ),
    fix="Take one action of each path out, or limit it to a resource that has no more rights than the identity.",
    options={"deployers": DEPLOYERS},
    good=(
        Example(policy(allow("dynamodb:GetItem"))),
        Example(CODE),
        Example(CODE, others=(READER, CALLED)),
        Example(policy(allow("lambda:*", ALL), {"Effect": "Deny", "Action": "lambda:Update*", "Resource": ALL})),
        Example(policy(allow("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/blog-*"))),
        Example(policy(allow("iam:PutRolePolicy", f"{ACCOUNT}:role/blog-*")), settings={"deployers": ["subject"]}),
        Example(
            policy(allow("iam:PutRolePolicy", ALL)),
            depends={"role": ("r",)},
            others=(BOUNDED, Example({"name": "b", **policy(allow("s3:GetObject", ALL))}, type=MANAGED, name="b")),
        ),
        Example(
            policy(allow("iam:PutRolePolicy", f"{ACCOUNT}:role/blog-*")),
            name="subject-deploy",
            settings={"deployers": ["subject"]},
        ),
    ),
    bad=(
        Example({"policy": UNKNOWN}, finds=("cannot decide: policy is not known at preview",)),
        Example(
            policy(allow("iam:CreatePolicyVersion", ALL)),
            finds=("policy lets its identity widen its rights: iam-001 (iam:CreatePolicyVersion on *)",),
        ),
        Example(
            policy(allow("IAM:*PolicyVersion", "arn:aws-cn:iam::123456789012:*")),
            finds=(IN_CHINA,),
        ),
        Example(
            policy({"Effect": "Allow", "NotAction": "s3:*", "Resource": ALL}),
            finds=(
                (
                    "policy lets its identity widen its rights: iam-001 (iam:CreatePolicyVersion "
                    "on *); privesc2-SetExistingDefaultPolicyVersion (iam:SetDefaultPolicyVersion"
                    " on *); iam-002 (iam:CreateAccessKey on *); iam-004, iam-005, iam-006, "
                    "iam-007, iam-008, iam-009, iam-010, iam-011, iam-012, iam-013, iam-022, "
                    "iam-023, aws-iam-role-boundary, aws-iam-user-boundary, "
                    "aws-iam-service-credential, aws-iam-service-credential-reset, "
                    "aws-iam-signing-certificate, aws-iam-saml-provider, sts-001, sso-002, "
                    "sso-003, aws-sso-customer-policy, aws-sso-assignment, apprunner-002, "
                    "batch-002, bedrock-002, bedrock-004, bedrock-007, aws-airflow-token, "
                    "cloudformation-002, aws-cloudformation-stackset, cloudformation-005, "
                    "codebuild-002, codebuild-003, codedeploy-001, ec2-002, ec2-004, "
                    "ec2instanceconnect-003, aws-ec2-serial-console, ecs-006, aws-emr-steps, "
                    "glue-002, aws-glue-session, lambda-003, aws-lambda-configuration, "
                    "sagemaker-004, sagemaker-005, aws-sagemaker-domain-url, ssm-001, ssm-002, "
                    "aws-ssm-association, stepfunctions-002, apprunner-001, "
                    "aws-airflow-environment, aws-amplify-app, aws-appsync-source, "
                    "aws-autoscaling-configuration, aws-autoscaling-update, bedrock-001, "
                    "bedrock-006, braket-001, cloudformation-001, cloudformation-003, "
                    "aws-codepipeline, aws-codestar, cognitoidentity-001, datapipeline-001, "
                    "ec2-001, ec2-003, aws-ec2-associate-profile, aws-ec2-replace-profile, "
                    "aws-iam-profile, ecs-003, aws-ecs-update, ecs-008, ecs-009, "
                    "aws-elasticbeanstalk, emr-001, emrserverless-001, aws-events-target, "
                    "gamelift-001, glue-001, glue-003, glue-004, glue-005, glue-006, "
                    "imagebuilder-001, kinesisanalytics-001, lambda-001, lambda-002, lambda-006, "
                    "aws-lambda-url, omics-001, aws-pipes, sagemaker-001, sagemaker-002, "
                    "sagemaker-003, scheduler-001, aws-scheduler-update, ssm-003, "
                    "stepfunctions-001, aws-synthetics (on *)"
                ),
            ),
        ),
        Example(
            policy(allow(["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"], ALL)),
            finds=(
                (
                    "policy lets its identity widen its rights: cloudformation-005 "
                    "(cloudformation:CreateChangeSet, cloudformation:ExecuteChangeSet on *)"
                ),
            ),
        ),
        Example(
            policy(allow("iam:PutRolePolicy", f"{ACCOUNT}:role/blog-*")),
            finds=(
                (
                    "policy lets its identity widen its rights: iam-005 (iam:PutRolePolicy on "
                    "arn:aws:iam::123456789012:role/blog-*)"
                ),
            ),
        ),
        Example(
            {"role": "r", **policy(allow("iam:AttachRolePolicy", f"{ACCOUNT}:role/r"))},
            finds=(
                (
                    "policy lets its identity widen its rights: iam-009 (iam:AttachRolePolicy on "
                    "arn:aws:iam::123456789012:role/r)"
                ),
            ),
        ),
        Example(
            CODE,
            finds=(
                (
                    "policy lets its identity widen its rights: lambda-003 "
                    "(lambda:UpdateFunctionCode on aws:lambda/function:Function::f, whose role "
                    "admin may iam:CreatePolicyVersion on *)"
                ),
            ),
            others=(ADMIN, CALLED),
        ),
        Example(
            policy(
                allow("lambda:*", ALL),
                {
                    "Effect": "Deny",
                    "Action": "lambda:*",
                    "Resource": ALL,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ),
            finds=(
                (
                    "policy lets its identity widen its rights: lambda-003 "
                    "(lambda:UpdateFunctionCode on *); aws-lambda-configuration "
                    "(lambda:UpdateFunctionConfiguration on *)"
                ),
            ),
        ),
        Example(
            policy(allow("iam:PassRole", ALL), allow(["lambda:Create*", "lambda:InvokeFunction"], ALL)),
            finds=(
                (
                    "policy lets its identity widen its rights: lambda-001 (iam:PassRole, "
                    "lambda:CreateFunction, lambda:InvokeFunction on *); lambda-002 "
                    "(iam:PassRole, lambda:CreateFunction, lambda:CreateEventSourceMapping on *);"
                    " aws-lambda-url (iam:PassRole, lambda:CreateFunction, "
                    "lambda:CreateFunctionUrlConfig on *)"
                ),
            ),
        ),
        Example(
            policy(
                allow("iam:PassRole", f"{ACCOUNT}:role/admin"),
                allow(["lambda:CreateFunction", "lambda:InvokeFunction"], "arn:aws:lambda:*:123456789012:function:f"),
            ),
            finds=(
                (
                    "policy lets its identity widen its rights: lambda-001 (iam:PassRole, "
                    "lambda:CreateFunction, lambda:InvokeFunction on role admin, which may "
                    "iam:CreatePolicyVersion on *, for work on arn:aws:lambda:*:123456789012:function:f)"
                ),
            ),
            others=(ADMIN,),
        ),
    ),
)
def iam_no_privilege_escalation(stack: Program) -> StackFindings:
    """No document lets its identity change its own rights, or act with the rights of an identity that has more.

    Denials and permissions boundaries of the identity count as far as the program shows them, and what the target may
    do.
    """
    escalations = stack.derived(Escalations)
    found: dict[tuple[str, str], tuple[Resource, dict[str, Escalation]]] = {}
    for identity, part, paths in escalations.by_document():
        if not deploys(stack, part.owner, identity.resource):
            _, known = found.setdefault((part.owner.urn, part.document.where), (part.owner, {}))
            known |= {one.words: one for one in paths}
    for (_, where), (owner, paths) in found.items():
        yield owner, f"{where} lets its identity widen its rights: {describe(list(paths.values()))}"
    yield from escalations.identities.unread()

"""Variants of known paths of privilege escalation, as resources of small programs.

Facts of pathfinding.cloud (65 paths, its ids), iam-vulnerable (its `fn` and `fp` cases) and cloudsplaining.
"""

import re
from collections.abc import Mapping
from typing import Any

from serverless_guard.iam.actions import of_service, shapes
from serverless_guard.iam.examples import allow, policy, trust
from serverless_guard.iam.pattern import overlap
from serverless_guard.program import Program
from serverless_guard.record import Block, Resource

ACCOUNT = "123456789012"
ROLE, INLINE, MANAGED = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"
FUNCTION = "aws:lambda/function:Function"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"

KNOWN: dict[str, tuple[str, ...]] = {
    "apprunner-001": ("iam:PassRole", "apprunner:CreateService"),
    "apprunner-002": ("apprunner:UpdateService",),
    "bedrock-001": (
        "iam:PassRole",
        "bedrock-agentcore:CreateCodeInterpreter",
        "bedrock-agentcore:StartCodeInterpreterSession",
        "bedrock-agentcore:InvokeCodeInterpreter",
    ),
    "bedrock-002": ("bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"),
    "cloudformation-001": ("iam:PassRole", "cloudformation:CreateStack"),
    "cloudformation-002": ("cloudformation:UpdateStack",),
    "cloudformation-003": ("iam:PassRole", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"),
    "cloudformation-004": ("iam:PassRole", "cloudformation:UpdateStackSet"),
    "cloudformation-005": ("cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
    "codebuild-001": ("iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"),
    "codebuild-002": ("codebuild:StartBuild",),
    "codebuild-003": ("codebuild:StartBuildBatch",),
    "codebuild-004": ("iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuildBatch"),
    "datapipeline-001": (
        "iam:PassRole",
        "datapipeline:CreatePipeline",
        "datapipeline:PutPipelineDefinition",
        "datapipeline:ActivatePipeline",
    ),
    "ec2-001": ("iam:PassRole", "ec2:RunInstances"),
    "ec2-002": ("ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"),
    "ec2-003": ("iam:PassRole", "ec2:RequestSpotInstances"),
    "ec2-004": ("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
    "ec2instanceconnect-003": ("ec2-instance-connect:SendSSHPublicKey", "ec2:DescribeInstances"),
    "ecs-001": ("iam:PassRole", "ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:CreateService"),
    "ecs-002": ("iam:PassRole", "ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    "ecs-003": ("iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService"),
    "ecs-004": ("iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    "ecs-005": ("iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:StartTask"),
    "ecs-006": ("ecs:ExecuteCommand", "ecs:DescribeTasks"),
    "ecs-007": ("iam:PassRole", "ecs:StartTask", "ecs:RegisterContainerInstance"),
    "ecs-008": ("iam:PassRole", "ecs:RunTask"),
    "ecs-009": ("iam:PassRole", "ecs:StartTask"),
    "glue-001": ("iam:PassRole", "glue:CreateDevEndpoint"),
    "glue-002": ("glue:UpdateDevEndpoint",),
    "glue-003": ("iam:PassRole", "glue:CreateJob", "glue:StartJobRun"),
    "glue-004": ("iam:PassRole", "glue:CreateJob", "glue:CreateTrigger"),
    "glue-005": ("iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"),
    "glue-006": ("iam:PassRole", "glue:UpdateJob", "glue:CreateTrigger"),
    "iam-001": ("iam:CreatePolicyVersion",),
    "iam-002": ("iam:CreateAccessKey",),
    "iam-003": ("iam:CreateAccessKey", "iam:DeleteAccessKey"),
    "iam-004": ("iam:CreateLoginProfile",),
    "iam-005": ("iam:PutRolePolicy",),
    "iam-006": ("iam:UpdateLoginProfile",),
    "iam-007": ("iam:PutUserPolicy",),
    "iam-008": ("iam:AttachUserPolicy",),
    "iam-009": ("iam:AttachRolePolicy",),
    "iam-010": ("iam:AttachGroupPolicy",),
    "iam-011": ("iam:PutGroupPolicy",),
    "iam-012": ("iam:UpdateAssumeRolePolicy",),
    "iam-013": ("iam:AddUserToGroup",),
    "iam-014": ("iam:AttachRolePolicy", "sts:AssumeRole"),
    "iam-015": ("iam:AttachUserPolicy", "iam:CreateAccessKey"),
    "iam-016": ("iam:CreatePolicyVersion", "sts:AssumeRole"),
    "iam-017": ("iam:PutRolePolicy", "sts:AssumeRole"),
    "iam-018": ("iam:PutUserPolicy", "iam:CreateAccessKey"),
    "iam-019": ("iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"),
    "iam-020": ("iam:CreatePolicyVersion", "iam:UpdateAssumeRolePolicy"),
    "iam-021": ("iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"),
    "lambda-001": ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"),
    "lambda-002": ("iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    "lambda-003": ("lambda:UpdateFunctionCode",),
    "lambda-004": ("lambda:UpdateFunctionCode", "lambda:InvokeFunction"),
    "lambda-005": ("lambda:UpdateFunctionCode", "lambda:AddPermission"),
    "lambda-006": ("iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"),
    "privesc2": ("iam:SetDefaultPolicyVersion",),
    "privesc-dynamo": (
        "iam:PassRole",
        "lambda:CreateFunction",
        "lambda:CreateEventSourceMapping",
        "dynamodb:CreateTable",
        "dynamodb:PutItem",
    ),
    "sagemaker-001": ("iam:PassRole", "sagemaker:CreateNotebookInstance"),
    "sagemaker-002": ("iam:PassRole", "sagemaker:CreateTrainingJob"),
    "sagemaker-003": ("iam:PassRole", "sagemaker:CreateProcessingJob"),
    "sagemaker-004": ("sagemaker:CreatePresignedNotebookInstanceUrl",),
    "sagemaker-005": (
        "sagemaker:CreateNotebookInstanceLifecycleConfig",
        "sagemaker:StopNotebookInstance",
        "sagemaker:UpdateNotebookInstance",
        "sagemaker:StartNotebookInstance",
    ),
    "ssm-001": ("ssm:StartSession",),
    "ssm-002": ("ssm:SendCommand",),
    "sts-001": ("sts:AssumeRole",),
}
"""Actions of the known paths, by the ids of their sources."""

SERVICES = {
    "apprunner": "tasks.apprunner.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
}
"""Services that roles are passed to where their name is not the prefix of the actions."""


def service(actions: tuple[str, ...]) -> str:
    """Give the service that a path passes a role to."""
    prefix = actions[1].partition(":")[0]
    return SERVICES.get(prefix, f"{prefix}.amazonaws.com")


def resource(type_: str, name: str, props: Mapping[str, Any], **depends: str) -> Resource:
    """Make a resource; `depends` name the resources that properties take their values from."""
    return Resource(
        type_,
        name,
        Block(props, owner=name),
        urn=name,
        depends={key: frozenset({value}) for key, value in depends.items()},
    )


def inline(*statements: object, name: str = "subject", role: str = "r") -> Resource:
    """Make an inline policy of a role of the program."""
    return resource(INLINE, name, {"role": role, **policy(*statements)})


def role(name: str = "r", service: str = "lambda.amazonaws.com", **props: Any) -> Resource:
    """Make a role that a service assumes."""
    return resource(ROLE, name, {"name": name, **trust({"Service": service}), **props})


def administrator(service: str, name: str = "admin") -> Resource:
    """Make a role with all rights that a service assumes."""
    return role(name, service, managedPolicyArns=[ADMINISTRATOR])


def program(*resources: Resource) -> Program:
    """Put resources together."""
    return Program(resources)


def exact(action: str, kind: str = "*") -> str:
    """Write the ARN of one resource of a kind that an action works on, `*` where it knows none."""
    prefix, _, name = action.lower().partition(":")
    own = {"partition": "aws", "region": "eu-west-1", "account": ACCOUNT}
    arns = (
        re.sub(r"\$\{([^}]+)\}", lambda part: own.get(part[1].lower(), "f"), shape)
        for shape in shapes(of_service(prefix)[name])
    )
    return next((arn for arn in arns if overlap(arn, kind)), "*")


def deny(action: str | list[str], where: str = "*") -> dict[str, object]:
    """Write a statement that denies."""
    return allow(action, where) | {"Effect": "Deny"}

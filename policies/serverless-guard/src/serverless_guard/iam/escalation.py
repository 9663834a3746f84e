"""Ways in which an identity can give itself more rights than it was given, and what it must be allowed for each.

Facts from Rhino Security Labs' list of AWS privilege escalation methods and the services that take a role since.
"""

from collections.abc import Callable, Iterator

ALONE = (
    "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:CreateAccessKey", "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile", "iam:AttachUserPolicy", "iam:AttachGroupPolicy", "iam:AttachRolePolicy",
    "iam:PutUserPolicy", "iam:PutGroupPolicy", "iam:PutRolePolicy", "iam:AddUserToGroup",
    "iam:UpdateAssumeRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary",
    "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary", "iam:CreateServiceSpecificCredential",
    "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "glue:UpdateDevEndpoint", "ssm:SendCommand",
    "ssm:StartSession", "codebuild:StartBuildBatch", "ecs:ExecuteCommand",
    "sagemaker:CreatePresignedNotebookInstanceUrl", "cloudformation:UpdateStackSet", "codebuild:StartBuild",
    "ssm:CreateAssociation", "ec2-instance-connect:SendSSHPublicKey", "sts:AssumeRole",
    "sso:PutInlinePolicyToPermissionSet", "sso:AttachManagedPolicyToPermissionSet",
)  # fmt: skip
"""Actions each of which is enough by itself: it rewrites rights, or the code of something that has more."""

TOGETHER = (
    ("cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
    ("states:UpdateStateMachine", "states:StartExecution"),
    ("ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"),
    ("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
)
"""Sets of actions that put other code into something which already has a role."""

WITH_PASS_ROLE = (
    ("lambda:CreateFunction", "lambda:InvokeFunction"),
    ("lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    ("lambda:CreateFunction", "lambda:AddPermission"),
    ("lambda:CreateFunction", "lambda:CreateFunctionUrlConfig"),
    ("ec2:RunInstances",),
    ("ec2:AssociateIamInstanceProfile",),
    ("ec2:RequestSpotInstances",),
    ("cloudformation:CreateStack",),
    ("cloudformation:CreateStackSet",),
    ("cloudformation:UpdateStack",),
    ("glue:CreateDevEndpoint",),
    ("glue:CreateJob", "glue:StartJobRun"),
    ("glue:UpdateJob", "glue:StartJobRun"),
    ("datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline"),
    ("codestar:CreateProject",),
    ("codebuild:CreateProject", "codebuild:StartBuild"),
    ("codebuild:UpdateProject", "codebuild:StartBuild"),
    ("codepipeline:CreatePipeline",),
    ("sagemaker:CreateNotebookInstance",),
    ("sagemaker:CreateTrainingJob",),
    ("sagemaker:CreateProcessingJob",),
    ("ecs:RegisterTaskDefinition", "ecs:RunTask"),
    ("ecs:RegisterTaskDefinition", "ecs:StartTask"),
    ("ecs:RegisterTaskDefinition", "ecs:CreateService"),
    ("autoscaling:CreateLaunchConfiguration", "autoscaling:CreateAutoScalingGroup"),
    ("states:CreateStateMachine", "states:StartExecution"),
    ("scheduler:CreateSchedule",),
    ("events:PutRule", "events:PutTargets"),
    ("batch:RegisterJobDefinition", "batch:SubmitJob"),
    ("apprunner:CreateService",),
    ("ssm:StartAutomationExecution",),
    ("elasticmapreduce:RunJobFlow",),
    ("amplify:CreateApp",),
    ("bedrock-agentcore:CreateCodeInterpreter",),
    ("braket:CreateJob",),
    ("imagebuilder:CreateImage",),
    ("ec2:ReplaceIamInstanceProfileAssociation",),
    ("iam:AddRoleToInstanceProfile",),
    ("pipes:CreatePipe",),
    ("scheduler:UpdateSchedule",),
    ("cognito-identity:SetIdentityPoolRoles",),
)
"""Sets of actions that, together with iam:PassRole, run code or requests with another role's rights."""


def ways(may: Callable[[str], bool]) -> Iterator[str]:
    """Yield the ways that are open to an identity, as the actions that make them up.

    Args:
        may: Whether the identity may perform an action on resources that nobody chose for it.
    """
    yield from (action for action in ALONE if may(action))
    yield from (" with ".join(actions) for actions in TOGETHER if all(may(action) for action in actions))
    if may("iam:PassRole"):
        for combination in WITH_PASS_ROLE:
            if all(may(action) for action in combination):
                yield " with ".join(("iam:PassRole", *combination))

"""Known paths of privilege escalation: which actions each takes, on what, and what they give.

Sources: pathfinding.cloud (its ids are kept), iam-vulnerable (BishopFox), cloudsplaining, Prowler. Paths that start
with `aws-` follow from the Service Authorization Reference: an action that changes rights, or runs work with a role.
"""

from dataclasses import dataclass
from typing import Final, Literal

Gain = Literal["rights", "identity", "both", "role", "work"]


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a path.

    Attributes:
        action: The action.
        on: What it acts on; steps of a path on the same thing must be allowed on the same one. Empty where it does not
            matter which.
    """

    action: str
    on: str


@dataclass(frozen=True, slots=True)
class Path:
    """A path of privilege escalation.

    Attributes:
        id: Its id at its source.
        gain: What it gives. `rights`: more rights for the identity that it acts on, so for itself where it acts on
            itself; `identity`: the rights of the identity that it acts on; `both`: another identity, with any rights;
            `role`: the rights of a role that is passed to a service; `work`: the rights of a role that something has
            already.
        steps: Its actions, iam:PassRole left out.
        service: For `role`, the service that the role is passed to and that must be trusted by it.
        routine: Whether applications do the same with roles of their own every day, as who starts a task or a schedule
            does: then only a privileged role counts.
    """

    id: str
    gain: Gain
    steps: tuple[Step, ...]
    service: str = ""
    routine: bool = False

    @property
    def services(self) -> frozenset[str]:
        """The services that its actions are of."""
        return frozenset(action.partition(":")[0] for action in self.actions)

    @property
    def actions(self) -> tuple[str, ...]:
        """All actions that it takes."""
        own = tuple(step.action for step in self.steps)
        return ("iam:PassRole", *own) if self.gain == "role" else own


def _steps(written: tuple[str, ...]) -> tuple[Step, ...]:
    """Read steps written as `action` or `action@what`."""
    return tuple(Step(action, on) for action, _, on in (one.partition("@") for one in written))


def _path(id: str, gain: Gain, *steps: str) -> Path:  # noqa: A002  the field's own term
    return Path(id, gain, _steps(steps))


def _passing(id: str, service: str, *steps: str, routine: bool = False) -> Path:  # noqa: A002  the field's own term
    return Path(id, "role", _steps(steps), f"{service}.amazonaws.com", routine)


OVER_RIGHTS: Final = (
    _path("iam-001", "rights", "iam:CreatePolicyVersion@policy"),
    _path("privesc2-SetExistingDefaultPolicyVersion", "rights", "iam:SetDefaultPolicyVersion@policy"),
    _path("iam-002", "identity", "iam:CreateAccessKey@user"),
    _path("iam-003", "identity", "iam:CreateAccessKey@user", "iam:DeleteAccessKey@user"),
    _path("iam-004", "identity", "iam:CreateLoginProfile@user"),
    _path("iam-005", "rights", "iam:PutRolePolicy@role"),
    _path("iam-006", "identity", "iam:UpdateLoginProfile@user"),
    _path("iam-007", "rights", "iam:PutUserPolicy@user"),
    _path("iam-008", "rights", "iam:AttachUserPolicy@user"),
    _path("iam-009", "rights", "iam:AttachRolePolicy@role"),
    _path("iam-010", "rights", "iam:AttachGroupPolicy@group"),
    _path("iam-011", "rights", "iam:PutGroupPolicy@group"),
    _path("iam-012", "identity", "iam:UpdateAssumeRolePolicy@role"),
    _path("iam-013", "identity", "iam:AddUserToGroup@group"),
    _path("iam-014", "both", "iam:AttachRolePolicy@role", "sts:AssumeRole@role"),
    _path("iam-015", "both", "iam:AttachUserPolicy@user", "iam:CreateAccessKey@user"),
    _path("iam-016", "both", "iam:CreatePolicyVersion@policy", "sts:AssumeRole@role"),
    _path("iam-017", "both", "iam:PutRolePolicy@role", "sts:AssumeRole@role"),
    _path("iam-018", "both", "iam:PutUserPolicy@user", "iam:CreateAccessKey@user"),
    _path("iam-019", "both", "iam:AttachRolePolicy@role", "iam:UpdateAssumeRolePolicy@role"),
    _path("iam-020", "both", "iam:CreatePolicyVersion@policy", "iam:UpdateAssumeRolePolicy@role"),
    _path("iam-021", "both", "iam:PutRolePolicy@role", "iam:UpdateAssumeRolePolicy@role"),
    _path("iam-022", "rights", "iam:DeleteUserPermissionsBoundary@user"),
    _path("iam-023", "rights", "iam:DeleteRolePermissionsBoundary@role"),
    _path("aws-iam-role-boundary", "rights", "iam:PutRolePermissionsBoundary@role"),
    _path("aws-iam-user-boundary", "rights", "iam:PutUserPermissionsBoundary@user"),
    _path("aws-iam-service-credential", "identity", "iam:CreateServiceSpecificCredential@user"),
    _path("aws-iam-service-credential-reset", "identity", "iam:ResetServiceSpecificCredential@user"),
    _path("aws-iam-signing-certificate", "identity", "iam:UploadSigningCertificate@user"),
    _path("aws-iam-saml-provider", "identity", "iam:UpdateSAMLProvider@saml-provider"),
    _path("sts-001", "identity", "sts:AssumeRole@role"),
    _path("sso-002", "rights", "sso:AttachManagedPolicyToPermissionSet@permission-set"),
    _path("sso-003", "rights", "sso:PutInlinePolicyToPermissionSet@permission-set"),
    _path(
        "aws-sso-customer-policy", "rights", "sso:AttachCustomerManagedPolicyReferenceToPermissionSet@permission-set"
    ),
    _path("aws-sso-assignment", "identity", "sso:CreateAccountAssignment@permission-set"),
)
"""Paths that change rights, trust or credentials."""

WORK: Final = (
    _path("apprunner-002", "work", "apprunner:UpdateService@service"),
    _path("batch-002", "work", "batch:SubmitJob@job-definition"),
    _path(
        "bedrock-002",
        "work",
        "bedrock-agentcore:StartCodeInterpreterSession@interpreter",
        "bedrock-agentcore:InvokeCodeInterpreter@interpreter",
    ),
    _path("bedrock-004", "work", "bedrock-agentcore:InvokeAgentRuntimeCommand@runtime"),
    _path(
        "bedrock-007",
        "work",
        "bedrock-agentcore:StartBrowserSession@browser",
        "bedrock-agentcore:ConnectBrowserAutomationStream@browser",
    ),
    _path("aws-airflow-token", "work", "airflow:CreateWebLoginToken"),
    _path("cloudformation-002", "work", "cloudformation:UpdateStack@stack"),
    _path("aws-cloudformation-stackset", "work", "cloudformation:UpdateStackSet@stackset"),
    _path(
        "cloudformation-005", "work", "cloudformation:CreateChangeSet@stack", "cloudformation:ExecuteChangeSet@stack"
    ),
    _path("codebuild-002", "work", "codebuild:StartBuild@project"),
    _path("codebuild-003", "work", "codebuild:StartBuildBatch@project"),
    _path(
        "codedeploy-001",
        "work",
        "codedeploy:CreateDeployment@deployment",
        "codedeploy:RegisterApplicationRevision",
        "codedeploy:GetDeploymentConfig",
    ),
    _path(
        "ec2-002",
        "work",
        "ec2:ModifyInstanceAttribute@instance",
        "ec2:StopInstances@instance",
        "ec2:StartInstances@instance",
    ),
    _path("ec2-004", "work", "ec2:CreateLaunchTemplateVersion@template", "ec2:ModifyLaunchTemplate@template"),
    _path("ec2instanceconnect-003", "work", "ec2-instance-connect:SendSSHPublicKey@instance"),
    _path("aws-ec2-serial-console", "work", "ec2-instance-connect:SendSerialConsoleSSHPublicKey@instance"),
    _path("ecs-006", "work", "ecs:ExecuteCommand@task"),
    _path("aws-emr-steps", "work", "elasticmapreduce:AddJobFlowSteps@emr-cluster"),
    _path("glue-002", "work", "glue:UpdateDevEndpoint@endpoint"),
    _path("aws-glue-session", "work", "glue:RunStatement@session"),
    _path("lambda-003", "work", "lambda:UpdateFunctionCode@function"),
    _path("lambda-004", "work", "lambda:UpdateFunctionCode@function", "lambda:InvokeFunction@function"),
    _path("lambda-005", "work", "lambda:UpdateFunctionCode@function", "lambda:AddPermission@function"),
    _path("aws-lambda-configuration", "work", "lambda:UpdateFunctionConfiguration@function"),
    _path("sagemaker-004", "work", "sagemaker:CreatePresignedNotebookInstanceUrl@notebook"),
    _path(
        "sagemaker-005",
        "work",
        "sagemaker:CreateNotebookInstanceLifecycleConfig",
        "sagemaker:StopNotebookInstance@notebook",
        "sagemaker:UpdateNotebookInstance@notebook",
        "sagemaker:StartNotebookInstance@notebook",
    ),
    _path("aws-sagemaker-domain-url", "work", "sagemaker:CreatePresignedDomainUrl@domain"),
    _path("ssm-001", "work", "ssm:StartSession@instance"),
    _path("ssm-002", "work", "ssm:SendCommand@instance"),
    _path("aws-ssm-association", "work", "ssm:CreateAssociation@instance"),
    _path("stepfunctions-002", "work", "states:UpdateStateMachine@machine", "states:StartExecution@machine"),
)
"""Paths that put work or code into something that has a role already, or open a session in it."""

PASSING: Final = (
    _passing("apprunner-001", "tasks.apprunner", "apprunner:CreateService"),
    _passing("aws-airflow-environment", "airflow", "airflow:CreateEnvironment"),
    _passing("aws-amplify-app", "amplify", "amplify:CreateApp"),
    _passing("aws-appsync-source", "appsync", "appsync:CreateDataSource", routine=True),
    _passing(
        "aws-autoscaling-configuration",
        "ec2",
        "autoscaling:CreateLaunchConfiguration",
        "autoscaling:CreateAutoScalingGroup",
    ),
    _passing(
        "aws-autoscaling-update", "ec2", "autoscaling:CreateLaunchConfiguration", "autoscaling:UpdateAutoScalingGroup"
    ),
    _passing("batch-001", "ecs-tasks", "batch:RegisterJobDefinition@job-definition", "batch:SubmitJob@job-definition"),
    _passing(
        "bedrock-001",
        "bedrock-agentcore",
        "bedrock-agentcore:CreateCodeInterpreter",
        "bedrock-agentcore:InvokeCodeInterpreter",
    ),
    _passing(
        "bedrock-003",
        "bedrock-agentcore",
        "bedrock-agentcore:CreateAgentRuntime",
        "bedrock-agentcore:InvokeAgentRuntimeCommand",
    ),
    _passing("bedrock-006", "bedrock-agentcore", "bedrock-agentcore:CreateBrowser"),
    _passing("braket-001", "braket", "braket:CreateJob"),
    _passing("cloudformation-001", "cloudformation", "cloudformation:CreateStack"),
    _passing("aws-cloudformation-update", "cloudformation", "cloudformation:UpdateStack"),
    _passing("cloudformation-003", "cloudformation", "cloudformation:CreateStackSet"),
    _passing("cloudformation-004", "cloudformation", "cloudformation:UpdateStackSet"),
    _passing("codebuild-001", "codebuild", "codebuild:CreateProject@project", "codebuild:StartBuild@project"),
    _passing("codebuild-004", "codebuild", "codebuild:CreateProject@project", "codebuild:StartBuildBatch@project"),
    _passing("aws-codebuild-update", "codebuild", "codebuild:UpdateProject@project", "codebuild:StartBuild@project"),
    _passing("aws-codepipeline", "codepipeline", "codepipeline:CreatePipeline"),
    _passing("aws-codestar", "codestar", "codestar:CreateProject"),
    _passing("cognitoidentity-001", "cognito-identity", "cognito-identity:SetIdentityPoolRoles"),
    _passing("datapipeline-001", "datapipeline", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"),
    _passing("ec2-001", "ec2", "ec2:RunInstances"),
    _passing("ec2-003", "ec2", "ec2:RequestSpotInstances"),
    _passing("aws-ec2-associate-profile", "ec2", "ec2:AssociateIamInstanceProfile"),
    _passing("aws-ec2-replace-profile", "ec2", "ec2:ReplaceIamInstanceProfileAssociation"),
    _passing("aws-iam-profile", "ec2", "iam:AddRoleToInstanceProfile"),
    _passing("ecs-003", "ecs-tasks", "ecs:RegisterTaskDefinition", "ecs:CreateService"),
    _passing("ecs-004", "ecs-tasks", "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    _passing("ecs-005", "ecs-tasks", "ecs:RegisterTaskDefinition", "ecs:StartTask"),
    _passing("aws-ecs-update", "ecs-tasks", "ecs:RegisterTaskDefinition", "ecs:UpdateService"),
    _passing("ecs-008", "ecs-tasks", "ecs:RunTask", routine=True),
    _passing("ecs-009", "ecs-tasks", "ecs:StartTask", routine=True),
    _passing("aws-elasticbeanstalk", "ec2", "elasticbeanstalk:CreateEnvironment"),
    _passing("emr-001", "ec2", "elasticmapreduce:RunJobFlow"),
    _passing("emrserverless-001", "emr-serverless", "emr-serverless:StartJobRun", routine=True),
    _passing("aws-events-target", "events", "events:PutTargets", routine=True),
    _passing("gamelift-001", "gamelift", "gamelift:CreateBuild", "gamelift:CreateFleet"),
    _passing("glue-001", "glue", "glue:CreateDevEndpoint"),
    _passing("glue-003", "glue", "glue:CreateJob@job", "glue:StartJobRun@job"),
    _passing("glue-004", "glue", "glue:CreateJob", "glue:CreateTrigger"),
    _passing("glue-005", "glue", "glue:UpdateJob@job", "glue:StartJobRun@job"),
    _passing("glue-006", "glue", "glue:UpdateJob", "glue:CreateTrigger"),
    _passing("glue-007", "glue", "glue:CreateSession@session", "glue:RunStatement@session"),
    _passing("imagebuilder-001", "ec2", "imagebuilder:CreateInfrastructureConfiguration", "imagebuilder:CreateImage"),
    _passing(
        "kinesisanalytics-001",
        "kinesisanalytics",
        "kinesisanalytics:CreateApplication",
        "kinesisanalytics:StartApplication",
    ),
    _passing("lambda-001", "lambda", "lambda:CreateFunction@function", "lambda:InvokeFunction@function"),
    _passing("lambda-002", "lambda", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    _passing("lambda-006", "lambda", "lambda:CreateFunction@function", "lambda:AddPermission@function"),
    _passing("aws-lambda-url", "lambda", "lambda:CreateFunction@function", "lambda:CreateFunctionUrlConfig@function"),
    _passing("aws-lambda-role", "lambda", "lambda:UpdateFunctionConfiguration@function"),
    _passing("omics-001", "omics", "omics:CreateWorkflow", "omics:StartRun"),
    _passing("aws-pipes", "pipes", "pipes:CreatePipe", routine=True),
    _passing("sagemaker-001", "sagemaker", "sagemaker:CreateNotebookInstance"),
    _passing("sagemaker-002", "sagemaker", "sagemaker:CreateTrainingJob"),
    _passing("sagemaker-003", "sagemaker", "sagemaker:CreateProcessingJob"),
    _passing("scheduler-001", "scheduler", "scheduler:CreateSchedule", routine=True),
    _passing("aws-scheduler-update", "scheduler", "scheduler:UpdateSchedule", routine=True),
    _passing("ssm-003", "ssm", "ssm:StartAutomationExecution"),
    _passing("stepfunctions-001", "states", "states:CreateStateMachine@machine", "states:StartExecution@machine"),
    _passing("aws-synthetics", "lambda", "synthetics:CreateCanary"),
)
"""Paths that run work or send requests with a role that is passed."""

PATHS: Final = (*OVER_RIGHTS, *WORK, *PASSING)
"""All paths. The smaller of two paths stands for both where all actions of one are among those of the other."""

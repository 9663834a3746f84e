"""What runs code or work with a role, by the names that documents give it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from serverless_guard.iam.arns import ROLE
from serverless_guard.iam.identities import Identities, Identity
from serverless_guard.iam.pattern import is_literal
from serverless_guard.iam.rights import Right
from serverless_guard.program import Program
from serverless_guard.record import Resource


@dataclass(frozen=True, slots=True)
class Workload:
    """A kind of resource that has a role.

    Attributes:
        what: What the paths of escalation call it.
        type: Its resource type.
        role: The properties that lead to its role, through further resources where there are several.
        arn: The ends of its ARNs, with `{}` for its name; `*` where AWS gives it an id.
        name: The property that holds its name.
    """

    what: str
    type: str
    role: tuple[tuple[str, str], ...]
    arn: str
    name: str = "name"


PROFILE: Final = "aws:iam/instanceProfile:InstanceProfile"
TASK: Final = "aws:ecs/taskDefinition:TaskDefinition"
_OF_INSTANCE: Final = (("iamInstanceProfile", PROFILE), ("role", ROLE))

WORKLOADS: Final = (
    Workload("function", "aws:lambda/function:Function", (("role", ROLE),), "lambda:*:*:function:{}"),
    Workload("project", "aws:codebuild/project:Project", (("serviceRole", ROLE),), "codebuild:*:*:project/{}"),
    Workload("stack", "aws:cloudformation/stack:Stack", (("iamRoleArn", ROLE),), "cloudformation:*:*:stack/{}/*"),
    Workload(
        "stackset",
        "aws:cloudformation/stackSet:StackSet",
        (("administrationRoleArn", ROLE),),
        "cloudformation:*:*:stackset/{}:*",
    ),
    Workload("machine", "aws:sfn/stateMachine:StateMachine", (("roleArn", ROLE),), "states:*:*:stateMachine:{}"),
    Workload("endpoint", "aws:glue/devEndpoint:DevEndpoint", (("roleArn", ROLE),), "glue:*:*:devEndpoint/{}"),
    Workload("instance", "aws:ec2/instance:Instance", _OF_INSTANCE, "ec2:*:*:instance/*"),
    Workload("template", "aws:ec2/launchTemplate:LaunchTemplate", _OF_INSTANCE, "ec2:*:*:launch-template/*"),
    Workload(
        "notebook",
        "aws:sagemaker/notebookInstance:NotebookInstance",
        (("roleArn", ROLE),),
        "sagemaker:*:*:notebook-instance/{}",
    ),
    Workload(
        "service",
        "aws:apprunner/service:Service",
        (("instanceConfiguration", ROLE),),
        "apprunner:*:*:service/{}/*",
        "serviceName",
    ),
    Workload("task", "aws:ecs/service:Service", (("taskDefinition", TASK), ("taskRoleArn", ROLE)), "ecs:*:*:*"),
    Workload(
        "interpreter",
        "aws:bedrock/agentcoreCodeInterpreter:AgentcoreCodeInterpreter",
        (("executionRoleArn", ROLE),),
        "bedrock-agentcore:*:*:*",
    ),
    Workload(
        "runtime",
        "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime",
        (("roleArn", ROLE),),
        "bedrock-agentcore:*:*:*",
    ),
    Workload(
        "browser",
        "aws:bedrock/agentcoreBrowser:AgentcoreBrowser",
        (("executionRoleArn", ROLE),),
        "bedrock-agentcore:*:*:*",
    ),
    Workload(
        "emr-cluster", "aws:emr/cluster:Cluster", (("ec2Attributes", PROFILE), ("role", ROLE)), "elasticmapreduce:*:*:*"
    ),
)
"""Resource types of pulumi_aws that run code or work of their own with a role."""


@dataclass(frozen=True, slots=True)
class Run:
    """Something that runs with a role.

    Attributes:
        resource: Its resource.
        role: Its role.
        arns: Patterns of its ARNs: with and without a version.
    """

    resource: Resource
    role: Identity
    arns: tuple[str, ...]


class Running:
    """All that runs with a role, found by what it is and by its name."""

    def __init__(self, program: Program, identities: Identities) -> None:
        self._all: dict[str, list[Run]] = {}
        self._named: dict[tuple[str, str], list[Run]] = {}
        for workload in WORKLOADS:
            for resource in program.of(workload.type):
                name = resource.props.known_text(workload.name) if "{}" in workload.arn else ""
                arn = f"arn:*:{workload.arn.format(name or f'{resource.name}*')}"
                for role in _roles(program, identities, workload, resource):
                    run = Run(resource, role, (arn, f"{arn}:*"))
                    self._all.setdefault(workload.what, []).append(run)
                    self._named.setdefault((workload.what, name or ""), []).append(run)

    def on(self, what: str, rights: tuple[Right, ...]) -> Iterator[Run]:
        """Yield what some rights may be about: by its name where they name it in full."""
        for right in rights:
            names = re.split("[:/]", right.pattern)
            if all(map(is_literal, names[5:])):
                yield from (run for name in ("", *names[5:]) for run in self._named.get((what, name), ()))
            else:
                yield from self._all.get(what, ())


def _roles(program: Program, identities: Identities, workload: Workload, resource: Resource) -> list[Identity]:
    holders = [resource]
    for path, type_ in workload.role[:-1]:
        holders = [one for holder in holders for one in program.referred(holder, path, type_)]
    path, kind = workload.role[-1]
    return [role for holder in holders for role in identities.named(holder, path, kind)]

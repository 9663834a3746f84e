"""A Lambda function with a role, a log group and an alias of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import pulumi
import pulumi_aws as aws

from components.compute.package import RUNTIME, function_package
from components.deployment import Deployment
from components.iam import Arns, Role, Statement
from components.network import Placement
from components.protection import stateful


@dataclass(frozen=True, kw_only=True)
class FunctionDefaults:
    """What the functions of an application have in common.

    Attributes:
        deployment: What they share with the other parts.
        layers: ARNs of the layers with what the functions import.
        environment: Variables that each function has; nothing secret, for whoever may read the function reads them.
        memory: In MB.
        timeout: In seconds.
        architecture: The processor.
        reserved_concurrency: How many instances each function has at most, which nobody else can take; 0 for no limit.
        provisioned_concurrency: Instances of each function that are kept warm.
        snap_start: Whether instances start from a snapshot of an initialised one.
        placement: The network that each function runs in; by default none of ours.
        grants: What each function may do.
    """

    deployment: Deployment
    layers: Sequence[pulumi.Input[str]]
    environment: Mapping[str, pulumi.Input[str]]
    memory: int
    timeout: int
    architecture: Literal["arm64", "x86_64"]
    reserved_concurrency: int
    provisioned_concurrency: int
    snap_start: bool
    placement: Placement | None = None
    grants: Sequence[Statement] = ()


class Destination(Protocol):
    """Where events go that a function failed on for the last time, such as a queue."""

    @property
    def arn(self) -> pulumi.Input[str]:
        """Its ARN."""
        ...

    def grant_send(self) -> Statement:
        """The statement that allows to send it events."""
        ...


class Function(pulumi.ComponentResource):
    """A function from `functions/`, traced, whose callers call its alias `live`.

    Args:
        module: The module in `functions/` whose `handler` is called; with hyphens and the prefix, the physical name.
        defaults: What all functions share.
        grants: What the function may do beyond writing its logs and traces.
        environment: Variables of its own; nothing secret.
        layers: ARNs of layers of its own.
        memory: In MB, where the default does not fit.
        timeout: In seconds, where the default does not fit.
        placement: The network that it runs in, where the default does not fit.
        on_failure: Where events go that were handed over without waiting for an answer and failed three times.
        needs: What it reads by name alone and so has to exist before it is called, such as a secret with its value.
        opts: Options of the component.
    """

    name: str
    module: str
    timeout: int
    log_group: str
    keeps_failures: bool
    alias: aws.lambda_.Alias

    def __init__(
        self,
        module: str,
        *,
        defaults: FunctionDefaults,
        grants: Sequence[Statement],
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        layers: Sequence[pulumi.Input[str]] = (),
        memory: int | None = None,
        timeout: int | None = None,
        placement: Placement | None = None,
        on_failure: Destination | None = None,
        needs: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        deployment = defaults.deployment
        placement = placement or defaults.placement
        self.name = f"{deployment.prefix}-{module.replace('_', '-')}"
        super().__init__("blog:function:Function", self.name, None, opts)
        self.module = module
        self.timeout = timeout or defaults.timeout
        self.log_group = f"/aws/lambda/{self.name}"
        self.keeps_failures = on_failure is not None
        self._child = pulumi.ResourceOptions(parent=self)
        logs = aws.cloudwatch.LogGroup(
            self.name,
            name=self.log_group,
            retention_in_days=deployment.log_retention_days,
            kms_key_id=deployment.key_arn,
            deletion_protection_enabled=deployment.protection,
            opts=stateful(self, protection=deployment.protection),
        )
        role = Role(
            self.name,
            service="lambda.amazonaws.com",
            grants=[
                *_observability(self.name, deployment.arns),
                *([ATTACH_TO_NETWORK] if placement else []),
                *([on_failure.grant_send()] if on_failure else []),
                *defaults.grants,
                *grants,
            ],
            opts=self._child,
        )
        package = function_package(module)
        function = aws.lambda_.Function(
            self.name,
            name=self.name,
            role=role.arn,
            runtime=RUNTIME,
            architectures=[defaults.architecture],
            handler=f"{module}.handler",
            code=package.archive,
            source_code_hash=package.sha256,
            layers=[*defaults.layers, *layers],
            memory_size=memory or defaults.memory,
            timeout=self.timeout,
            reserved_concurrent_executions=defaults.reserved_concurrency or None,
            environment=aws.lambda_.FunctionEnvironmentArgs(variables={**defaults.environment, **(environment or {})}),
            tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="Active"),
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=logs.name),
            vpc_config=aws.lambda_.FunctionVpcConfigArgs(
                subnet_ids=placement.subnet_ids, security_group_ids=placement.security_group_ids
            )
            if placement
            else None,
            snap_start=aws.lambda_.FunctionSnapStartArgs(apply_on="PublishedVersions") if defaults.snap_start else None,
            publish=True,
            # Callers get a new version at once: in a network without routes, it would answer nobody.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*(placement.needs if placement else ()), *needs]),
        )
        self.alias = aws.lambda_.Alias(
            self.name, name="live", function_name=function.name, function_version=function.version, opts=self._child
        )
        if defaults.provisioned_concurrency:
            aws.lambda_.ProvisionedConcurrencyConfig(
                self.name,
                function_name=function.name,
                qualifier=self.alias.name,
                provisioned_concurrent_executions=defaults.provisioned_concurrency,
                opts=self._child,
            )
        if on_failure:
            self._send_failures_to(on_failure)
        self.register_outputs({"name": self.name, "alias": self.alias.arn})

    def _send_failures_to(self, destination: Destination) -> None:
        """Keep events that failed.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
        """
        aws.lambda_.FunctionEventInvokeConfig(
            self.name,
            function_name=self.alias.function_name,
            qualifier=self.alias.name,
            maximum_retry_attempts=2,
            maximum_event_age_in_seconds=6 * 60 * 60,
            destination_config=aws.lambda_.FunctionEventInvokeConfigDestinationConfigArgs(
                on_failure=aws.lambda_.FunctionEventInvokeConfigDestinationConfigOnFailureArgs(
                    destination=destination.arn
                )
            ),
            opts=self._child,
        )


ATTACH_TO_NETWORK = Statement(
    sid="AttachToNetwork",
    actions=[
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    ],
    resources=["*"],
)
"""What Lambda does with a function's role to reach a network; it accepts no narrower resource.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
"""


def _observability(name: str, arns: Arns) -> list[Statement]:
    """What every function needs: writing to its own log group, and traces, which cannot be scoped to a resource.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    """
    return [
        Statement(
            sid="WriteOwnLogs",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[arns.of("logs", f"log-group:/aws/lambda/{name}:*")],
        ),
        Statement(sid="WriteTraces", actions=["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources=["*"]),
    ]

"""A Lambda function with a role, a log group and an alias of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.iam import Arns, Role, Statement
from components.package import RUNTIME, function_package
from components.protection import stateful


@dataclass(frozen=True, kw_only=True)
class FunctionDefaults:
    """What the functions of an application have in common.

    Attributes:
        prefix: What the physical names begin with.
        arns: The account and region.
        layers: ARNs of the layers with what the functions import.
        environment: Variables that each function has; nothing secret, for whoever may read the function reads them.
        memory: In MB.
        timeout: In seconds.
        log_retention_days: How long logs are kept.
        provisioned_concurrency: Instances of each function that are kept warm.
        key_arn: The KMS key that encrypts the logs; without one, a key of CloudWatch does.
        protection: Whether the logs refuse to be deleted.
    """

    prefix: str
    arns: Arns
    layers: Sequence[pulumi.Input[str]]
    environment: Mapping[str, pulumi.Input[str]]
    memory: int
    timeout: int
    log_retention_days: int
    provisioned_concurrency: int
    key_arn: pulumi.Input[str] | None
    protection: bool


class Function(pulumi.ComponentResource):
    """A function from `functions/`, traced, whose callers call its alias `live`.

    Args:
        module: The module in `functions/` whose `handler` is called; with hyphens and the prefix, the physical name.
        defaults: What all functions share.
        grants: What the function may do beyond writing its logs and traces.
        opts: Options of the component.
    """

    name: str
    alias: aws.lambda_.Alias

    def __init__(
        self,
        module: str,
        *,
        defaults: FunctionDefaults,
        grants: Sequence[Statement],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        self.name = f"{defaults.prefix}-{module.replace('_', '-')}"
        super().__init__("blog:function:Function", self.name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        logs = aws.cloudwatch.LogGroup(
            self.name,
            name=f"/aws/lambda/{self.name}",
            retention_in_days=defaults.log_retention_days,
            kms_key_id=defaults.key_arn,
            deletion_protection_enabled=defaults.protection,
            opts=stateful(self, protection=defaults.protection),
        )
        role = Role(
            self.name,
            service="lambda.amazonaws.com",
            grants=[*_observability(self.name, defaults.arns), *grants],
            opts=child,
        )
        package = function_package(module)
        function = aws.lambda_.Function(
            self.name,
            name=self.name,
            role=role.arn,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler=f"{module}.handler",
            code=package.archive,
            source_code_hash=package.sha256,
            layers=defaults.layers,
            memory_size=defaults.memory,
            timeout=defaults.timeout,
            environment=aws.lambda_.FunctionEnvironmentArgs(variables=defaults.environment),
            tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="Active"),
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=logs.name),
            publish=True,
            opts=child,
        )
        self.alias = aws.lambda_.Alias(
            self.name, name="live", function_name=function.name, function_version=function.version, opts=child
        )
        if defaults.provisioned_concurrency:
            aws.lambda_.ProvisionedConcurrencyConfig(
                self.name,
                function_name=function.name,
                qualifier=self.alias.name,
                provisioned_concurrent_executions=defaults.provisioned_concurrency,
                opts=child,
            )
        self.register_outputs({"name": self.name, "alias": self.alias.arn})


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

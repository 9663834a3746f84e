"""What all functions share."""

from components.compute.function import FunctionDefaults
from components.compute.layer import Layer
from components.data.table import Table
from layers.foundation import Foundation
from settings import Settings


def function_defaults(stack: Settings, foundation: Foundation, table: Table) -> FunctionDefaults:
    """Size, runtime and environment of the functions; none of it secret."""
    return FunctionDefaults(
        deployment=foundation.deployment,
        layers=[
            Layer(
                "aws-lambda-powertools",
                deployment=foundation.deployment,
                architecture=stack.function_architecture,
                opts=foundation.opts,
            ).arn
        ],
        environment={
            "TABLE_NAME": table.name,
            "POWERTOOLS_SERVICE_NAME": stack.project,
            "POWERTOOLS_METRICS_NAMESPACE": stack.prefix,
            "POWERTOOLS_LOG_LEVEL": "INFO",
            # An HTTP API sends the headers of CORS itself; a REST API hands on those of the functions.
            **({"CORS_ORIGIN": stack.cors_origins[0]} if stack.api_type == "rest" and stack.cors_origins else {}),
        },
        memory=stack.function_memory,
        timeout=stack.function_timeout,
        architecture=stack.function_architecture,
        reserved_concurrency=stack.reserved_concurrency,
        provisioned_concurrency=stack.provisioned_concurrency,
        snap_start=stack.snap_start,
    )

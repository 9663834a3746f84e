"""What the AWS provider calls for each resource type that the program declares, one module for each field.

Sources, for each action: the handlers' permissions in CloudFormation's resource schemas
(https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html), the calls in the sources of
hashicorp/terraform-provider-aws, and https://docs.aws.amazon.com/service-authorization/latest/reference/ for what an
action can be limited to. tests/bootstrap compares them.
"""

from collections.abc import Mapping

from bootstrap.access import Access
from bootstrap.resources import (
    apis,
    caches,
    databases,
    edge,
    events,
    functions,
    identity,
    logs,
    monitoring,
    names,
    networks,
    queries,
    storage,
)

MODULES = (
    functions,
    identity,
    logs,
    storage,
    events,
    monitoring,
    apis,
    edge,
    names,
    queries,
    networks,
    caches,
    databases,
)

ACCESS: Mapping[str, Access] = {token: access for module in MODULES for token, access in module.ACCESS.items()}
"""By the type's token, such as `aws:sqs/queue:Queue`."""

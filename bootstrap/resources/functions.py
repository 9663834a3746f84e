"""Lambda functions and what belongs to them, known by their names.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html,
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
"""

from collections.abc import Mapping

from bootstrap.access import NOT_ANOTHERS, TAGGED, TAGGING, Access, ConditionTemplate, allow, regional, worldwide

FUNCTION = regional("lambda", "function:{prefix}-*")
LAYER = regional("lambda", "layer:{prefix}-*")
MAPPING = regional("lambda", "event-source-mapping:*")
OF_A_FUNCTION: ConditionTemplate = {"ArnLike": {"lambda:FunctionArn": FUNCTION}}
"""Mappings are known by what they call: AWS gives them ids. The reference lists this key for these actions only."""

PASSED_TO_LAMBDA: ConditionTemplate = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
NETWORK = allow("ec2", "DescribeSecurityGroups DescribeSubnets DescribeVpcs", "*")

ACCESS: Mapping[str, Access] = {
    "aws:lambda/function:Function": Access(
        create=[
            allow("lambda", "CreateFunction PublishVersion PutFunctionConcurrency TagResource", FUNCTION),
            # What a function is made of.
            allow("lambda", "GetLayerVersion", LAYER),
            allow("iam", "PassRole", worldwide("iam", "role/{prefix}-{function}"), when=PASSED_TO_LAMBDA),
            NETWORK,
        ],
        read=[
            allow(
                "lambda",
                "GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig GetFunctionConcurrency ListTags"
                " ListVersionsByFunction",
                FUNCTION,
            ),
        ],
        update=[
            allow(
                "lambda",
                "UpdateFunctionCode UpdateFunctionConfiguration PublishVersion PutFunctionConcurrency"
                " DeleteFunctionConcurrency TagResource UntagResource",
                FUNCTION,
            ),
        ],
        delete=[allow("lambda", "DeleteFunction", FUNCTION), allow("ec2", "DescribeNetworkInterfaces", "*")],
    ),
    "aws:lambda/alias:Alias": Access(
        create=[allow("lambda", "CreateAlias", FUNCTION)],
        read=[allow("lambda", "GetAlias", FUNCTION)],
        update=[allow("lambda", "UpdateAlias", FUNCTION)],
        delete=[allow("lambda", "DeleteAlias", FUNCTION)],
    ),
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": Access(
        create=[allow("lambda", "PutProvisionedConcurrencyConfig", FUNCTION)],
        read=[allow("lambda", "GetProvisionedConcurrencyConfig", FUNCTION)],
        delete=[allow("lambda", "DeleteProvisionedConcurrencyConfig", FUNCTION)],
    ),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": Access(
        create=[allow("lambda", "PutFunctionEventInvokeConfig", FUNCTION)],
        read=[allow("lambda", "GetFunctionEventInvokeConfig", FUNCTION)],
        update=[allow("lambda", "UpdateFunctionEventInvokeConfig", FUNCTION)],
        delete=[allow("lambda", "DeleteFunctionEventInvokeConfig", FUNCTION)],
    ),
    "aws:lambda/permission:Permission": Access(
        create=[allow("lambda", "AddPermission", FUNCTION)],
        read=[allow("lambda", "GetPolicy", FUNCTION)],
        delete=[allow("lambda", "RemovePermission", FUNCTION)],
    ),
    "aws:lambda/invocation:Invocation": Access(
        create=[allow("lambda", "InvokeFunction", regional("lambda", "function:{prefix}-prepare-ledger"))],
    ),
    "aws:lambda/layerVersion:LayerVersion": Access(
        create=[allow("lambda", "PublishLayerVersion", LAYER)],
        read=[allow("lambda", "GetLayerVersion", LAYER), allow("lambda", "ListLayerVersions", "*")],
        delete=[allow("lambda", "DeleteLayerVersion", LAYER)],
    ),
    "aws:lambda/eventSourceMapping:EventSourceMapping": Access(
        create=[
            allow("lambda", "CreateEventSourceMapping", "*", when=OF_A_FUNCTION),
            allow("lambda", "TagResource", MAPPING, when=TAGGING),
        ],
        read=[allow("lambda", "GetEventSourceMapping ListTags", MAPPING, when=NOT_ANOTHERS)],
        update=[
            allow("lambda", "UpdateEventSourceMapping", MAPPING, when=OF_A_FUNCTION),
            allow("lambda", "UntagResource", MAPPING, when=TAGGED),
        ],
        delete=[allow("lambda", "DeleteEventSourceMapping", MAPPING, when=OF_A_FUNCTION)],
    ),
}

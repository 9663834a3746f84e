"""Lambda's functions: code, layers, aliases.

Sources: https://docs.aws.amazon.com/lambda/latest/api/ and https://www.pulumi.com/registry/packages/aws/api-docs/lambda/.
"""

from typing import cast

from local.provider.archives import content
from local.provider.aws import Aws
from local.provider.resource import Facet, Live, ResourceType, Tags
from local.provider.wire import Props, items, nested

_CODE = frozenset({"code", "s3Bucket", "s3Key", "s3ObjectVersion", "imageUri", "sourceCodeHash", "architectures"})
_S3 = {"S3Bucket": "s3Bucket", "S3Key": "s3Key", "S3ObjectVersion": "s3ObjectVersion"}


def _source(props: Props) -> Live:
    """Where the code comes from: uploaded, an object in S3, or an image."""
    if props.get("code"):
        return {"ZipFile": content(cast("Props", props["code"]))}
    if props.get("imageUri"):
        return {"ImageUri": props["imageUri"]}
    return {member: props[name] for member, name in _S3.items() if props.get(name)}


def _function_request(props: Props) -> Live:
    request: Live = {"Code": _source(props)}
    if "environment" in props:
        request["Environment"] = {"Variables": nested(nested(props, "environment"), "variables")}
    if props.get("fileSystemConfig"):
        config = cast("Props", props["fileSystemConfig"])
        request["FileSystemConfigs"] = [{"Arn": config["arn"], "LocalMountPath": config["localMountPath"]}]
    return request


def _function_state(aws: Aws, props: Props, live: Live) -> Props:
    arn = live["FunctionArn"]
    version = _latest_version(aws, props["name"]) if props.get("publish") else "$LATEST"
    unchanged = props.get("codeSha256") in (None, live["CodeSha256"])
    return {
        "arn": arn,
        "codeSha256": live["CodeSha256"],
        "sourceCodeHash": (props.get("sourceCodeHash") or live["CodeSha256"]) if unchanged else live["CodeSha256"],
        "sourceCodeSize": live["CodeSize"],
        "version": version,
        "qualifiedArn": f"{arn}:{version}",
        "invokeArn": invoke_arn(aws, arn),
        "qualifiedInvokeArn": invoke_arn(aws, f"{arn}:{version}"),
        "responseStreamingInvokeArn": invoke_arn(
            aws, arn, date="2021-11-15", invocation="response-streaming-invocations"
        ),
        "layers": [layer["Arn"] for layer in items(live, "Layers")],
        # Lambda reports both also of a function that has none; the real plugin does not.
        **({} if nested(live, "SnapStart").get("ApplyOn", "None") != "None" else {"snapStart": None}),
        **({} if nested(live, "VpcConfig").get("SubnetIds") else {"vpcConfig": None}),
    }


def invoke_arn(aws: Aws, arn: str, *, date: str = "2015-03-31", invocation: str = "invocations") -> str:
    """The address by which API Gateway calls a function."""
    return f"arn:{aws.partition}:apigateway:{aws.region}:lambda:path/{date}/functions/{arn}/{invocation}"


def _latest_version(aws: Aws, function: str) -> str:
    marker: dict[str, str] = {}
    latest = 0
    while True:
        page = aws.call("lambda", "ListVersionsByFunction", FunctionName=function, **marker)
        latest = max([latest, *(int(v["Version"]) for v in page["Versions"] if v["Version"] != "$LATEST")])
        if not page.get("NextMarker"):
            return str(latest or "$LATEST")
        marker = {"Marker": page["NextMarker"]}


def _write_code(aws: Aws, props: Props) -> None:
    architectures = {"Architectures": props["architectures"]} if props.get("architectures") else {}
    aws.call("lambda", "UpdateFunctionCode", FunctionName=props["name"], **_source(props), **architectures)


def _write_concurrency(aws: Aws, props: Props) -> None:
    reserved = props.get("reservedConcurrentExecutions", -1)
    if reserved >= 0:
        aws.call("lambda", "PutFunctionConcurrency", FunctionName=props["name"], ReservedConcurrentExecutions=reserved)
    else:
        aws.call("lambda", "DeleteFunctionConcurrency", FunctionName=props["name"])


def _read_concurrency(aws: Aws, props: Props) -> Props:
    concurrency = aws.call("lambda", "GetFunctionConcurrency", FunctionName=props["name"])
    return {"reservedConcurrentExecutions": concurrency.get("ReservedConcurrentExecutions", -1)}


def _publish(aws: Aws, props: Props) -> None:
    if props.get("publish"):
        aws.call("lambda", "PublishVersion", FunctionName=props["name"])


_CONFIGURATION = frozenset(
    {"deadLetterConfig", "description", "environment", "ephemeralStorage", "fileSystemConfig", "handler", "imageConfig",
     "kmsKeyArn", "layers", "loggingConfig", "memorySize", "role", "runtime", "snapStart", "timeout", "tracingConfig",
     "vpcConfig"}
)  # fmt: skip

FUNCTION = ResourceType(
    "aws:lambda/function:Function",
    service="lambda",
    create="CreateFunction",
    read="GetFunction",
    update="UpdateFunctionConfiguration",
    delete="DeleteFunction",
    keys={"FunctionName": "name"},
    at="Configuration",
    names={"name": "FunctionName", "kmsKeyArn": "KMSKeyArn"},
    request=_function_request,
    state=_function_state,
    replaces=frozenset({"name", "packageType", "durableConfig", "tenancyConfig"}),
    defaults={
        "memorySize": 128,
        "packageType": "Zip",
        "publish": False,
        "reservedConcurrentExecutions": -1,
        "skipDestroy": False,
        "timeout": 3,
    },
    absent={
        "deadLetterConfig": {"targetArn": ""},
        "description": "",
        "environment": {"variables": {}},
        "kmsKeyArn": "",
        "layers": [],
        "snapStart": {"applyOn": "None"},
        "tracingConfig": {"mode": "PassThrough"},
        "vpcConfig": {"subnetIds": [], "securityGroupIds": []},
    },
    computed=frozenset(
        {
            "architectures",
            "codeSha256",
            "ephemeralStorage",
            "loggingConfig",
            "loggingConfig.applicationLogLevel",
            "loggingConfig.systemLogLevel",
            "loggingConfig.logGroup",
            "snapStart.optimizationStatus",
            "sourceCodeHash",
            "tracingConfig",
            "vpcConfig.vpcId",
            "vpcConfig.ipv6AllowedForDualStack",
        }
    ),
    unordered=frozenset({"vpcConfig.subnetIds", "vpcConfig.securityGroupIds"}),
    unread=frozenset({"code", "imageUri", "publish", "s3Bucket", "s3Key", "s3ObjectVersion", "skipDestroy"}),
    changing=frozenset(
        {"codeSha256", "lastModified", "qualifiedArn", "qualifiedInvokeArn", "sourceCodeSize", "version"}
    ),
    facets=(
        Facet(inputs=_CODE, write=_write_code, created=True),
        Facet(
            inputs=frozenset({"reservedConcurrentExecutions"}),
            write=_write_concurrency,
            read=_read_concurrency,
        ),
        Facet(inputs=_CODE | _CONFIGURATION | {"publish"}, write=_publish, created=True, with_main=True),
    ),
    tags=Tags(on={"Resource": "arn"}, write="TagResource", remove="UntagResource", read="ListTags"),
    ready=lambda live: (
        live.get("State", "Active") in ("Active", "Inactive")
        and live.get("LastUpdateStatus", "Successful") != "InProgress"
    ),
)

ALIAS = ResourceType(
    "aws:lambda/alias:Alias",
    service="lambda",
    create="CreateAlias",
    read="GetAlias",
    update="UpdateAlias",
    delete="DeleteAlias",
    keys={"FunctionName": "functionName", "Name": "name"},
    id=("{AliasArn}",),
    import_id=("{functionName}/{name}",),
    names={"arn": "AliasArn"},
    state=lambda aws, props, live: {
        "arn": live["AliasArn"],
        "functionName": props["functionName"],
        "invokeArn": invoke_arn(aws, live["AliasArn"]),
        "routingConfig": live.get("RoutingConfig")
        and {"additionalVersionWeights": live["RoutingConfig"].get("AdditionalVersionWeights", {})},
    },
    replaces=frozenset({"functionName", "name"}),
    absent={"description": "", "routingConfig": {"additionalVersionWeights": {}}},
)


LAYER_VERSION = ResourceType(
    "aws:lambda/layerVersion:LayerVersion",
    service="lambda",
    create="PublishLayerVersion",
    read="GetLayerVersionByArn",
    delete="DeleteLayerVersion",
    keys={"Arn": "id", "LayerName": "layerName", "VersionNumber": "version"},
    id=("{LayerVersionArn}",),
    import_id=("{id}",),
    names={"arn": "LayerVersionArn"},
    request=lambda props: {"Content": _source(props)},
    state=lambda _aws, props, live: {
        "layerName": live["LayerVersionArn"].split(":")[6],
        "codeSha256": live["Content"]["CodeSha256"],
        "sourceCodeHash": props.get("sourceCodeHash") or live["Content"]["CodeSha256"],
        "sourceCodeSize": live["Content"]["CodeSize"],
    },
    replaces=frozenset(
        {"code", "compatibleArchitectures", "compatibleRuntimes", "description", "layerName", "licenseInfo",
         "s3Bucket", "s3Key", "s3ObjectVersion", "sourceCodeHash"}
    ),
    defaults={"skipDestroy": False},
    computed=frozenset({"sourceCodeHash"}),
    unordered=frozenset({"compatibleArchitectures", "compatibleRuntimes"}),
    unread=frozenset({"code", "s3Bucket", "s3Key", "s3ObjectVersion", "skipDestroy"}),
    named="",
)  # fmt: skip

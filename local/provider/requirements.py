"""Requirements of single resource types that relate properties, or that only AWS documents.

The provider refuses the first group while it plans, AWS the second at creation: a queue's name, indexes of attributes
that are not declared, names that Lambda reserves, expressions of schedules, origins that a distribution lacks. Each
function names its source.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, cast

from local.provider.interface import Failure
from local.provider.wire import UNKNOWN, Props, has_unknown

type Broken = Iterator[tuple[str, str]]
"""Paths of inputs, and what each must be in words that follow "must"."""


def unmet(token: str, inputs: Props) -> Iterator[Failure]:
    """Find the requirements of a resource type that its inputs do not meet. Values are not repeated."""
    for requirement in _REQUIREMENTS.get(token, ()):
        for path, wanted in requirement(inputs):
            yield Failure(path, f"{token} refuses the value of {path!r}: it must {wanted}")


def _text(props: Props, name: str) -> str | None:
    """A known text; None for one that is missing or not known yet."""
    value = props.get(name)
    return value if isinstance(value, str) and value != UNKNOWN else None


def _block(props: Props, name: str) -> Props:
    """A known block; an empty one where it is missing or not known yet."""
    value = props.get(name)
    return cast("Props", value) if isinstance(value, dict) else {}


def _list(props: Props, name: str) -> list[Any]:
    """A known list; an empty one where it is missing or not known yet."""
    value = props.get(name)
    return cast("list[Any]", value) if isinstance(value, list) else []


def _blocks(props: Props, name: str) -> list[Props]:
    """The blocks of a known list; an empty one for each that is not known yet."""
    return [cast("Props", item) if isinstance(item, dict) else {} for item in _list(props, name)]


def _number(props: Props, name: str) -> float | None:
    value = props.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _queue_name(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html."""
    name, fifo = _text(props, "name"), props.get("fifoQueue")
    if name is None or fifo == UNKNOWN:
        return
    if fifo and not name.endswith(".fifo"):
        yield "name", "end in .fifo, for fifoQueue is true"
    if not re.fullmatch(r"[\w-]{1,80}", name.removesuffix(".fifo") if fifo else name, re.ASCII):
        yield (
            "name",
            "be 1 to 80 letters, digits, hyphens and underscores; .fifo ends the name of a FIFO queue",
        )


def _topic_name(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html."""
    name, fifo = _text(props, "name"), props.get("fifoTopic")
    if name is None or fifo == UNKNOWN:
        return
    if fifo and not name.endswith(".fifo"):
        yield "name", "end in .fifo, for fifoTopic is true"
    if not re.fullmatch(r"[\w-]{1,256}", name.removesuffix(".fifo") if fifo else name, re.ASCII):
        yield (
            "name",
            "be 1 to 256 letters, digits, hyphens and underscores; .fifo ends the name of a FIFO topic",
        )


def _failover(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html."""
    clusters = _number(props, "numCacheClusters")
    if props.get("automaticFailoverEnabled") is True and clusters is not None and clusters < 2:  # noqa: PLR2004  (a primary and a replica)
        yield "numCacheClusters", "be at least 2 where automaticFailoverEnabled is true"
    if props.get("multiAzEnabled") is True and props.get("automaticFailoverEnabled") in (None, False):
        yield "automaticFailoverEnabled", "be true where multiAzEnabled is true"


def _table_attributes(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html."""
    indexes = [*_blocks(props, "globalSecondaryIndexes"), *_blocks(props, "localSecondaryIndexes")]
    names = ("attributes", "hashKey", "rangeKey", "globalSecondaryIndexes", "localSecondaryIndexes")
    if has_unknown([props.get(name) for name in names]):
        return
    if not _blocks(props, "attributes"):  # A replica or a restored table takes those of its source.
        return
    declared = {str(attribute.get("name")) for attribute in _blocks(props, "attributes")}
    keyed = {str(one[key]) for one in (props, *indexes) for key in ("hashKey", "rangeKey") if one.get(key)}
    if any(index.get("keySchemas") for index in indexes):
        return
    if missing := keyed - declared:
        yield "attributes", f"declare {', '.join(sorted(missing))}, a key of the table or of an index"
    if unused := declared - keyed:
        yield "attributes", f"leave out {', '.join(sorted(unused))}, which is no key of the table or of an index"


def _projections(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html."""
    for kind in ("globalSecondaryIndexes", "localSecondaryIndexes"):
        for at, index in enumerate(_blocks(props, kind)):
            included = bool(index.get("nonKeyAttributes"))
            if index.get("projectionType") == "INCLUDE" and not included:
                yield f"{kind}[{at}].nonKeyAttributes", "name at least one attribute where projectionType is INCLUDE"
            if index.get("projectionType") in ("ALL", "KEYS_ONLY") and included:
                yield f"{kind}[{at}].nonKeyAttributes", "be left out where projectionType is not INCLUDE"


RESERVED_VARIABLES = frozenset(
    [
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    ]
)
"""Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Reserved environment variables"."""


def _function(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html (64 characters without an ARN)."""
    name = _text(props, "name")
    if name is not None and not name.startswith("arn:") and len(name) > 64:  # noqa: PLR2004  (see the source)
        yield "name", "have at most 64 characters"
    variables = _block(_block(props, "environment"), "variables")
    for variable in sorted(RESERVED_VARIABLES & variables.keys()):
        yield f"environment.variables.{variable}", "have another name: Lambda reserves this one"


def _bucket_name(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html."""
    name = _text(props, "bucket")
    if name is None:
        return
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) or ".." in name or re.fullmatch(r"[\d.]+", name):
        yield (
            "bucket",
            "be 3 to 63 lowercase letters, digits, dots and hyphens, a letter or digit first and last",
        )
    if name.startswith(("xn--", "sthree-", "amzn-s3-demo-")) or name.endswith(
        ("-s3alias", "--ol-s3", ".mrap", "--x-s3")
    ):
        yield "bucket", "neither begin nor end with what S3 reserves"


def _transitions(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html."""
    for at, rule in enumerate(_blocks(props, "rules")):
        for number, move in enumerate(_blocks(rule, "transitions")):
            days = _number(move, "days")
            if days is not None and days < 30 and move.get("storageClass") in ("STANDARD_IA", "ONEZONE_IA"):  # noqa: PLR2004  (see the source)
                yield f"rules[{at}].transitions[{number}].days", "be at least 30 for infrequent access"


def _schedule(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html."""
    expression = _text(props, "scheduleExpression")
    if not expression:
        return
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", expression)
    cron = re.fullmatch(r"cron\((\S+ ){5}\S+\)", expression)
    if not cron and not (rate and int(rate[1]) > 0 and (int(rate[1]) == 1) == (rate[3] == "")):
        yield "scheduleExpression", "be cron(...) of six fields, or a rate such as rate(1 day) or rate(2 days)"


def _backup_schedules(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html."""
    for at, rule in enumerate(_blocks(props, "rules")):
        schedule = _text(rule, "schedule")
        if schedule and not re.fullmatch(r"cron\((\S+ ){5}\S+\)|rate\(.+\)", schedule):
            yield f"rules[{at}].schedule", "be cron(...) of six fields"
        life = _block(rule, "lifecycle")
        cold, delete = _number(life, "coldStorageAfter"), _number(life, "deleteAfter")
        if cold is not None and delete is not None and delete < cold + 90:
            yield f"rules[{at}].lifecycle.deleteAfter", "be at least 90 days after coldStorageAfter"


def _route_key(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html."""
    key = _text(props, "routeKey")
    methods = "ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT"
    if key and " " in key and not re.fullmatch(rf"({methods}) /\S*", key):
        yield "routeKey", "be a method and a path that begins with a slash, such as GET /users, or $default"


def _jwt(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html."""
    configuration = props.get("jwtConfiguration")
    if props.get("authorizerType") != "JWT" or configuration == UNKNOWN:
        return
    for name in ("issuer", "audiences"):
        if not _block(props, "jwtConfiguration").get(name):
            yield f"jwtConfiguration.{name}", "be given where authorizerType is JWT"


def _behaviours(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DefaultCacheBehavior.html."""
    groups = [*_blocks(props, "origins"), *_blocks(props, "originGroups")]
    unknown = has_unknown([props.get("origins"), props.get("originGroups")])
    origins = None if unknown else {one.get("originId") for one in groups}
    ordered = [(f"orderedCacheBehaviors[{at}]", one) for at, one in enumerate(_blocks(props, "orderedCacheBehaviors"))]
    for path, behaviour in [("defaultCacheBehavior", _block(props, "defaultCacheBehavior")), *ordered]:
        target = _text(behaviour, "targetOriginId")
        if target is not None and origins is not None and target not in origins:
            yield f"{path}.targetOriginId", "be the originId of an origin or origin group of the distribution"
        methods = [behaviour.get(name) for name in ("cachedMethods", "allowedMethods")]
        if not has_unknown(methods) and set(methods[0] or ()) - set(methods[1] or ()):
            yield f"{path}.cachedMethods", "be among allowedMethods"


def _budget(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Spend.html."""
    amount = _text(props, "limitAmount")
    if amount is not None and not re.fullmatch(r"([0-9]*\.)?[0-9]+", amount):
        yield "limitAmount", "be a number that is not negative"


def _parameter(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html."""
    pattern = _text(props, "allowedPattern")
    for name in ("value", "insecureValue"):
        value = _text(props, name)
        if pattern and value is not None and not re.search(pattern, value):
            yield name, "match allowedPattern"
    if re.match(r"/?(aws|ssm)", _text(props, "name") or "", re.IGNORECASE):
        yield "name", "not begin with aws or ssm"


def _firewall_log(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/waf/latest/developerguide/logging-destinations.html."""
    for at, arn in enumerate(_list(props, "logDestinationConfigs")):
        if isinstance(arn, str) and arn != UNKNOWN and not re.search(r"[:/]aws-waf-logs-", arn):
            yield (
                f"logDestinationConfigs[{at}]",
                "name a log group, bucket or stream that begins with aws-waf-logs-",
            )


def _database(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html (20 GiB of gp3)."""
    storage = _number(props, "allocatedStorage")
    if props.get("storageType") in ("gp2", "gp3") and storage is not None and storage < 20:  # noqa: PLR2004  (see the source)
        yield "allocatedStorage", "be at least 20 GiB"


def _administrator(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html (no reserved word)."""
    name = _text(props, "masterUsername") or _text(props, "username")
    if "postgres" in (_text(props, "engine") or "") and name in ("admin", "rdsadmin", "rds_superuser"):
        yield "masterUsername" if "masterUsername" in props else "username", "be no word that the engine reserves"


def _policy_actions(props: Props) -> Broken:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html."""
    text = _text(props, "policy")
    document = cast("Props", json.loads(text) if text else {})
    for statement in _blocks({"statements": _several(document.get("Statement"))}, "statements"):
        for action in _several(statement.get("Action")):
            if isinstance(action, str) and action not in ("*", UNKNOWN) and ":" not in action:
                yield "policy", "name the service of each action, such as s3:GetObject"


def _several(value: Any) -> list[Any]:
    """What a policy gives as one or as a list of several."""
    return cast("list[Any]", value) if isinstance(value, list) else [value]


_REQUIREMENTS: dict[str, tuple[Callable[[Props], Broken], ...]] = {
    "aws:apigatewayv2/authorizer:Authorizer": (_jwt,),
    "aws:apigatewayv2/route:Route": (_route_key,),
    "aws:backup/plan:Plan": (_backup_schedules,),
    "aws:budgets/budget:Budget": (_budget,),
    "aws:cloudfront/distribution:Distribution": (_behaviours,),
    "aws:cloudwatch/eventRule:EventRule": (_schedule,),
    "aws:dynamodb/table:Table": (_table_attributes, _projections),
    "aws:elasticache/replicationGroup:ReplicationGroup": (_failover,),
    "aws:iam/policy:Policy": (_policy_actions,),
    "aws:iam/rolePolicy:RolePolicy": (_policy_actions,),
    "aws:lambda/function:Function": (_function,),
    "aws:rds/cluster:Cluster": (_administrator,),
    "aws:rds/instance:Instance": (_database, _administrator),
    "aws:s3/bucket:Bucket": (_bucket_name,),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (_transitions,),
    "aws:sns/topic:Topic": (_topic_name,),
    "aws:sqs/queue:Queue": (_queue_name,),
    "aws:ssm/parameter:Parameter": (_parameter,),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": (_firewall_log,),
}

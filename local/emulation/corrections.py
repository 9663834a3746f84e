"""What the emulator does otherwise than AWS, put right.

What a table's TTL deletes is in the table's stream. The emulator's reaper deletes without a trace there, once a minute;
here the deletion leaves the record that AWS leaves, which names DynamoDB as who has deleted, and comes within seconds.

Calls count as encrypted in transit, as all calls of AWS are: the emulator speaks plain HTTP, on this machine's loopback
only, and would be refused by every policy that demands TLS.

Policies see the tags of a secret (`secretsmanager:ResourceTag/...`): rights on one whose name RDS chooses hang on them.
They see those of a distribution too (`aws:ResourceTag/...`), whose id CloudFront chooses, and which user of a cache is
meant. A batch of messages is seen as what its parts are.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport
"""

import threading
import time
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

SECONDS = 5
"""Between two looks at the tables: often enough to watch, and seldom enough to cost nothing."""

REAPER = "dynamodb-ttl-reaper"
"""The name of the emulator's own thread, by which a deletion by TTL is told from any other."""


def _by_ttl() -> bool:
    return threading.current_thread().name == REAPER


def leave_records(dynamodb: Any, arns: Any, responses: Any) -> None:
    """Make deletions by TTL leave records in streams, and have them done every few seconds.

    Args:
        dynamodb: The emulator's module of the service.
        arns: That of ARNs.
        responses: That which knows whose request is being answered.
    """
    remove, change_record = dynamodb._remove_item, dynamodb._build_change_record  # noqa: SLF001  # it has no hook for this

    def remove_item(table: Any, partition: str, sort: str) -> Any:
        removed = remove(table, partition, sort)
        if removed is not None and _by_ttl():
            arn = arns.parse_arn(table["TableArn"])
            with responses.request_scope(arn.account_id, arn.region):
                dynamodb._emit_stream_event(table["TableName"], "REMOVE", removed, None)  # noqa: SLF001  # as above
        return removed

    def build_change_record(*arguments: Any) -> Any:
        record = change_record(*arguments)
        if _by_ttl():
            record["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
        return record

    def sleep(seconds: float) -> None:
        time.sleep(SECONDS if _by_ttl() else seconds)

    dynamodb._remove_item, dynamodb._build_change_record = remove_item, build_change_record  # noqa: SLF001  # as above
    dynamodb.time = SimpleNamespace(**{**vars(time), "sleep": sleep})
    # The reaper that the import has started sleeps for its minute first; this one does the same work from now on.
    threading.Thread(target=dynamodb._ttl_reaper, name=REAPER, daemon=True).start()  # noqa: SLF001  # as above


def count_as_encrypted(evaluator: Any) -> None:
    """Make policies see TLS on every call.

    Args:
        evaluator: The emulator's module that decides what policies allow.
    """
    origin: ContextVar[tuple[str, bool]] = ContextVar("origin", default=("127.0.0.1", True))

    def pin_request_origin(address: str, _encrypted: object) -> None:
        origin.set((address, True))

    evaluator._request_origin, evaluator.pin_request_origin = origin, pin_request_origin  # noqa: SLF001  # as above


def show_tags(evaluator: Any, secretsmanager: Any) -> None:
    """Make policies see the tags of secrets.

    Args:
        evaluator: The emulator's module that decides what policies allow.
        secretsmanager: That of the service.
    """
    resolve, prefix = evaluator._resolve_condition_key, "secretsmanager:resourcetag/"  # noqa: SLF001  # as above

    def resolve_condition_key(key: str, context: Any) -> Any:
        if not key.lower().startswith(prefix):
            return resolve(key, context)
        name = key[len(prefix) :]
        secrets = [one for one in secretsmanager._secrets.values() if one["ARN"] == context.resource_arn]  # noqa: SLF001  # as above
        tags = [tag for secret in secrets for tag in secret.get("Tags", [])]
        return next((tag["Value"] for tag in tags if tag["Key"] == name), None)

    evaluator._resolve_condition_key = resolve_condition_key  # noqa: SLF001  # as above


def show_distributions_tags(tagging: Any, cloudfront: Any) -> None:
    """Make policies see the tags of distributions.

    Args:
        tagging: The emulator's module that finds the tags of a resource for those that decide what policies allow.
        cloudfront: That of the service.
    """
    tagging._RESOURCE_TAG_COLLECTORS["cloudfront"] = lambda: list(cloudfront._tags.items())  # noqa: SLF001  # as above


def name_batches_as_their_parts(actions: Any) -> None:
    """Make policies see a batch of messages as what each of its parts is: SQS has no actions for batches.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html

    Args:
        actions: The emulator's module that knows what calls are about.
    """
    extract = actions.extract_iam_action

    def extract_iam_action(service: str, *request: Any, **named: Any) -> Any:
        action = extract(service, *request, **named)
        return action.removesuffix("Batch") if service == "sqs" and action else action

    actions.extract_iam_action = extract_iam_action


def name_users(actions: Any) -> None:
    """Make policies see which user of a cache a call is about: the emulator knows of clusters and groups only.

    Args:
        actions: The emulator's module that knows what calls are about.
    """
    extract = actions.extract_resource_arn

    def extract_resource_arn(service: str, *request: Any) -> str:
        *_, parameters, region, account = request
        user = actions._query_param(parameters, "UserId")  # noqa: SLF001  # as above
        if service == "elasticache" and user:
            return f"arn:aws:elasticache:{region}:{account}:user:{user}"
        return extract(service, *request)

    actions.extract_resource_arn = extract_resource_arn


def show_aliases(evaluator: Any, kms: Any) -> None:
    """Make policies see the aliases of keys (`kms:ResourceAliases`), by which a state's secrets are granted.

    Args:
        evaluator: The emulator's module that decides what policies allow.
        kms: That of the service.
    """
    resolve = evaluator._resolve_condition_key  # noqa: SLF001  # as above

    def resolve_condition_key(key: str, context: Any) -> Any:
        if key.lower() != "kms:resourcealiases":
            return resolve(key, context)
        key_id = context.resource_arn.rpartition("/")[2]
        return [arn.rpartition(":")[2] for arn, target in kms._aliases.items() if target == key_id]  # noqa: SLF001  # as above

    evaluator._resolve_condition_key = resolve_condition_key  # noqa: SLF001  # as above


LAYER_VERSIONS = {("GET", True): "GetLayerVersion", ("DELETE", True): "DeleteLayerVersion",
                  ("GET", False): "ListLayerVersions", ("POST", False): "PublishLayerVersion"}  # fmt: skip


def name_what_calls_are_about(actions: Any) -> None:
    """Make policies see versions of layers as such, and the table whose tags a call is about.

    Args:
        actions: The emulator's module that knows what calls are about.
    """
    extract, extract_arn = actions.extract_iam_action, actions.extract_resource_arn

    def extract_iam_action(service: str, method: str, path: str, *request: Any, **named: Any) -> Any:
        parts = path.strip("/").split("/")
        if service == "lambda" and "layers" in parts and "versions" in parts:
            action = LAYER_VERSIONS.get((method, parts[-1] != "versions"))
            if action:
                return f"lambda:{action}"
        return extract(service, method, path, *request, **named)

    def extract_resource_arn(service: str, *request: Any) -> str:
        if service == "dynamodb":
            body = request[3]
            arn = actions._safe_json_field(body, "ResourceArn")  # noqa: SLF001  # it has no hook for this
            if arn:
                return arn
        return extract_arn(service, *request)

    actions.extract_iam_action, actions.extract_resource_arn = extract_iam_action, extract_resource_arn

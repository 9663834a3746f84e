"""Athena's workgroups, which bound what a query may do, and its named queries.

Sources: https://docs.aws.amazon.com/athena/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/athena/.
"""

from typing import Any

from local.provider.aws import Aws, AwsError
from local.provider.resource import Live, ResourceType, Tags
from local.provider.shapes import request
from local.provider.wire import Props, items, nested

_WORKGROUP_NAMES = {
    "configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn": "KmsKey",
    "configuration.resultConfiguration": "ResultConfiguration",
}
_UPDATE_NAMES = {
    "configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn": "KmsKey",
    "configuration.resultConfiguration": "ResultConfigurationUpdates",
}


def _find(aws: Aws, operation: str, **key: str) -> Live | None:
    """Athena calls a name that it does not know an invalid request, like any other mistake."""
    try:
        return aws.call("athena", operation, **key)
    except AwsError as error:
        if "not found" in str(error):
            return None
        raise


def _update_workgroup(aws: Aws, props: Props) -> None:
    shape: Any = aws.operation("athena", "UpdateWorkGroup").input_shape
    updates = request(
        shape.members["ConfigurationUpdates"], nested(props, "configuration"), _UPDATE_NAMES, "configuration"
    )
    about = {member: props[name] for member, name in {"State": "state", "Description": "description"}.items()
             if name in props}  # fmt: skip
    aws.call("athena", "UpdateWorkGroup", WorkGroup=props["name"], ConfigurationUpdates=updates, **about)


def _delete_workgroup(aws: Aws, props: Props) -> None:
    force = bool(props.get("forceDestroy"))
    aws.call("athena", "DeleteWorkGroup", WorkGroup=props["name"], RecursiveDeleteOption=force)


WORKGROUP = ResourceType(
    "aws:athena/workgroup:Workgroup",
    service="athena",
    create="CreateWorkGroup",
    read=lambda aws, props: _find(aws, "GetWorkGroup", WorkGroup=props["name"]),
    update=_update_workgroup,
    delete=_delete_workgroup,
    keys={"WorkGroup": "name"},
    at="WorkGroup",
    names=_WORKGROUP_NAMES,
    state=lambda aws, props, _live: {"arn": aws.arn("athena", f"workgroup/{props['name']}")},
    replaces=frozenset({"name"}),
    defaults={"forceDestroy": False, "state": "ENABLED"},
    absent={"description": ""},
    computed=frozenset({"configuration", "configuration.engineVersion"}),
    unread=frozenset({"forceDestroy"}),
    tags=Tags(on={"ResourceARN": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsForResource"),
)


def _twin(aws: Aws, props: Props) -> str | None:
    """Two named queries may have one name: of the workgroup's, the one that has the name already is meant."""
    listed = aws.call("athena", "ListNamedQueries", WorkGroup=props["workgroup"])["NamedQueryIds"]
    found = aws.call("athena", "BatchGetNamedQuery", NamedQueryIds=listed) if listed else {}
    same = (query for query in items(found, "NamedQueries") if query["Name"] == props["name"])
    return next((query["NamedQueryId"] for query in same), None)


NAMED_QUERY = ResourceType(
    "aws:athena/namedQuery:NamedQuery",
    service="athena",
    create="CreateNamedQuery",
    read=lambda aws, props: _find(aws, "GetNamedQuery", NamedQueryId=props["id"]),
    delete="DeleteNamedQuery",
    keys={"NamedQueryId": "id"},
    id=("{NamedQueryId}",),
    import_id=("{id}",),
    at="NamedQuery",
    names={"query": "QueryString"},
    replaces=frozenset({"database", "description", "name", "query", "workgroup"}),
    defaults={"workgroup": "primary"},
    absent={"description": ""},
    twin=_twin,
)

"""Identity and Access Management.

Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/ and https://www.pulumi.com/registry/packages/aws/api-docs/iam/.
"""

import json
from typing import Any, cast
from urllib.parse import unquote

from local.provider.aws import Aws, AwsError
from local.provider.resource import Facet, Live, ResourceType, Tags
from local.provider.wire import Props, items, nested


def document_text(text: Any) -> str:
    """A policy document as botocore decodes it, or as the URL-encoded text that AWS sends."""
    return json.dumps(text) if isinstance(text, dict) else unquote(str(text))


def _role_state(_aws: Aws, _props: Props, live: Live) -> Props:
    return {
        "assumeRolePolicy": document_text(live["AssumeRolePolicyDocument"]),
        "permissionsBoundary": nested(live, "PermissionsBoundary").get("PermissionsBoundaryArn", ""),
        "uniqueId": live["RoleId"],
        "createDate": live["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _write_trust(aws: Aws, props: Props) -> None:
    aws.call("iam", "UpdateAssumeRolePolicy", RoleName=props["name"], PolicyDocument=props["assumeRolePolicy"])


def _write_boundary(aws: Aws, props: Props) -> None:
    boundary = props.get("permissionsBoundary")
    if boundary:
        aws.call("iam", "PutRolePermissionsBoundary", RoleName=props["name"], PermissionsBoundary=boundary)
    else:
        aws.call("iam", "DeleteRolePermissionsBoundary", RoleName=props["name"])


def _write_attached(aws: Aws, props: Props) -> None:
    wanted = set(cast("list[str]", items(props, "managedPolicyArns")))
    live = _attached(aws, props["name"])
    for arn in sorted(wanted - live):
        aws.call("iam", "AttachRolePolicy", RoleName=props["name"], PolicyArn=arn)
    for arn in sorted(live - wanted):
        aws.call("iam", "DetachRolePolicy", RoleName=props["name"], PolicyArn=arn)


def _attached(aws: Aws, role: str) -> set[str]:
    return {p["PolicyArn"] for p in aws.call("iam", "ListAttachedRolePolicies", RoleName=role)["AttachedPolicies"]}


def _write_inline(aws: Aws, props: Props) -> None:
    wanted = {p["name"]: p["policy"] for p in items(props, "inlinePolicies") if p.get("name")}
    for name, policy in wanted.items():
        aws.call("iam", "PutRolePolicy", RoleName=props["name"], PolicyName=name, PolicyDocument=policy)
    for name in _inline(aws, props["name"]) - wanted.keys():
        aws.call("iam", "DeleteRolePolicy", RoleName=props["name"], PolicyName=name)


def _inline(aws: Aws, role: str) -> set[str]:
    return set(aws.call("iam", "ListRolePolicies", RoleName=role)["PolicyNames"])


def _read_policies(aws: Aws, props: Props) -> Props:
    policies = [
        {
            "name": name,
            "policy": document_text(
                aws.call("iam", "GetRolePolicy", RoleName=props["name"], PolicyName=name)["PolicyDocument"]
            ),
        }
        for name in sorted(_inline(aws, props["name"]))
    ]
    return {"managedPolicyArns": sorted(_attached(aws, props["name"])), "inlinePolicies": policies}


def _delete_role(aws: Aws, props: Props) -> None:
    if props.get("forceDetachPolicies") or props.get("managedPolicyArns"):
        for arn in _attached(aws, props["name"]):
            aws.call("iam", "DetachRolePolicy", RoleName=props["name"], PolicyArn=arn)
    if props.get("forceDetachPolicies") or props.get("inlinePolicies"):
        for name in _inline(aws, props["name"]):
            aws.call("iam", "DeleteRolePolicy", RoleName=props["name"], PolicyName=name)
    aws.call("iam", "DeleteRole", RoleName=props["name"])


ROLE = ResourceType(
    "aws:iam/role:Role",
    service="iam",
    create="CreateRole",
    read="GetRole",
    update="UpdateRole",
    delete=_delete_role,
    keys={"RoleName": "name"},
    at="Role",
    names={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument", "uniqueId": "RoleId"},
    request=lambda props: {"Description": props.get("description", "")},
    state=_role_state,
    replaces=frozenset({"name", "path", "namePrefix"}),
    defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    computed=frozenset({"managedPolicyArns", "inlinePolicies"}),
    unordered=frozenset({"managedPolicyArns", "inlinePolicies"}),
    unread=frozenset({"forceDetachPolicies", "namePrefix"}),
    facets=(
        Facet(inputs=frozenset({"assumeRolePolicy"}), write=_write_trust),
        Facet(inputs=frozenset({"permissionsBoundary"}), write=_write_boundary),
        Facet(inputs=frozenset({"managedPolicyArns"}), write=_write_attached, read=_read_policies),
        Facet(inputs=frozenset({"inlinePolicies"}), write=_write_inline),
    ),
    tags=Tags(on={"RoleName": "name"}, write="TagRole", remove="UntagRole", read="ListRoleTags"),
)

ROLE_POLICY = ResourceType(
    "aws:iam/rolePolicy:RolePolicy",
    service="iam",
    create="PutRolePolicy",
    read="GetRolePolicy",
    update="PutRolePolicy",
    delete="DeleteRolePolicy",
    keys={"RoleName": "role", "PolicyName": "name"},
    id=("{role}:{name}",),
    names={"policy": "PolicyDocument", "name": "PolicyName", "role": "RoleName"},
    state=lambda _aws, _props, live: {"policy": document_text(live["PolicyDocument"])},
    replaces=frozenset({"name", "role", "namePrefix"}),
    unread=frozenset({"namePrefix"}),
)


def _find_attachment(aws: Aws, props: Props) -> Live | None:
    try:
        attached = props["policyArn"] in _attached(aws, props["role"])
    except AwsError as error:
        if error.gone:
            return None
        raise
    return {"PolicyArn": props["policyArn"], "Role": props["role"]} if attached else None


ROLE_POLICY_ATTACHMENT = ResourceType(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    create="AttachRolePolicy",
    read=_find_attachment,
    delete="DetachRolePolicy",
    keys={"RoleName": "role", "PolicyArn": "policyArn"},
    id=("{role}/{policyArn}",),
    replaces=frozenset({"role", "policyArn"}),
    named="",
)

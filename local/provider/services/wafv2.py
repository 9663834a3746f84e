"""The web application firewall.

Sources: https://docs.aws.amazon.com/waf/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/wafv2/.
"""

from local.provider.aws import Aws
from local.provider.kept import kept
from local.provider.resource import Live, ResourceType, Tags
from local.provider.wire import Props


def _find_acl(aws: Aws, props: Props) -> Live:
    answer = aws.call("wafv2", "GetWebACL", Name=props["name"], Scope=props["scope"], Id=props["id"])
    return {**answer["WebACL"], "LockToken": answer["LockToken"], "Scope": props["scope"]}


def _acl_of_same_name(aws: Aws, props: Props) -> str | None:
    listed = aws.call("wafv2", "ListWebACLs", Scope=props["scope"])["WebACLs"]
    return next((each["Id"] for each in listed if each["Name"] == props["name"]), None)


def _find_association(aws: Aws, props: Props) -> Live | None:
    found = aws.call("wafv2", "GetWebACLForResource", ResourceArn=props["resourceArn"]).get("WebACL")
    return {"WebAclArn": found["ARN"]} if found else None


WEB_ACL = ResourceType(
    "aws:wafv2/webAcl:WebAcl",
    service="wafv2",
    create="CreateWebACL",
    read=_find_acl,
    update="UpdateWebACL",
    delete="DeleteWebACL",
    keys={"Id": "id", "Name": "name", "Scope": "scope", "LockToken": "lockToken"},
    id=("{Id}",),
    import_id=("{id}/{name}/{scope}",),
    replaces=frozenset({"name", "namePrefix", "scope"}),
    absent={"description": ""},
    computed=frozenset({"capacity"}),
    unordered=frozenset({"rules"}),
    unread=frozenset({"namePrefix", "ruleJson"}),
    changing=frozenset({"lockToken"}),
    tags=Tags(on={"ResourceARN": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsForResource"),
    namesake=_acl_of_same_name,
)

WEB_ACL_LOGGING = kept(
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    key="resourceArn",
    replaces=frozenset({"resourceArn"}),
    unordered=frozenset({"logDestinationConfigs"}),
    named="",
)

WEB_ACL_ASSOCIATION = ResourceType(
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    service="wafv2",
    create="AssociateWebACL",
    read=_find_association,
    delete="DisassociateWebACL",
    keys={"ResourceArn": "resourceArn"},
    id=("{webAclArn},{resourceArn}",),
    import_id=("{webAclArn},{resourceArn}",),
    state=lambda _aws, props, _live: {"resourceArn": props["resourceArn"]},
    replaces=frozenset({"webAclArn", "resourceArn"}),
    named="",
)

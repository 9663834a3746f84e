"""Copies of data, images and documents that are shared with every AWS account."""

from collections.abc import Iterator
from typing import Final

from serverless_guard.record import UNKNOWN, Block, Resource, UndecidedError, strings
from serverless_guard.rules.rule import Example, resource_rule

SNAPSHOTS: Final = (
    "aws:rds/snapshot:Snapshot",
    "aws:rds/clusterSnapshot:ClusterSnapshot",
    "aws:rds/snapshotCopy:SnapshotCopy",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy",
)
"""Snapshots of databases: `all` among their `sharedAccounts` stands for every account (Amazon RDS API Reference,
ModifyDBSnapshotAttribute)."""
IMAGE, VOLUME = (
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission",
    "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission",
)
IMAGES = "aws:imagebuilder/distributionConfiguration:DistributionConfiguration"
DOCUMENT, SETTING = "aws:ssm/document:Document", "aws:ssm/serviceSetting:ServiceSetting"
GALLERY = "aws:ecrpublic/repository:Repository"
BLOCKS: Final = (
    "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
    "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
)
PUBLIC: Final = {
    **dict.fromkeys(SNAPSHOTS, ("sharedAccounts", "all")),
    IMAGE: ("group", "all"),
    VOLUME: ("accountId", "all"),
    DOCUMENT: ("permissions.accountIds", "all"),
    **dict.fromkeys(BLOCKS, ("state", "unblocked")),
}
"""The property of a type that shares it, and the word that stands for everybody."""
DOCUMENTS_SETTING = "/ssm/documents/console/public-sharing-permission"


@resource_rule(
    "shared-resource-not-public",
    title="Snapshots, machine images, repositories and SSM documents are not shared with all AWS accounts",
    types=(*SNAPSHOTS, IMAGE, VOLUME, IMAGES, DOCUMENT, SETTING, GALLERY, *BLOCKS),
    category="network-exposure",
    severity="critical",
    env="same",
    sources=("fsbp:RDS.1", "fsbp:EC2.1", "fsbp:SSM.4", "fsbp:SSM.7", "fsbp:EC2.182"),
    fix="Name the accounts that it is shared with, or share it within the organisation.",
    good=(
        Example({"sharedAccounts": ["123456789012"]}),
        Example({}),
        Example({"accountId": "123456789012", "imageId": "ami-1"}, type=IMAGE),
        Example({"organizationArn": UNKNOWN, "imageId": "ami-1"}, type=IMAGE),
        Example({"accountId": "123456789012", "snapshotId": "snap-1"}, type=VOLUME),
        Example({"permissions": {"type": "Share", "accountIds": "123456789012,210987654321"}}, type=DOCUMENT),
        Example({"permissions": UNKNOWN}, type=DOCUMENT),
        Example({"settingId": DOCUMENTS_SETTING, "settingValue": "Disable"}, type=SETTING),
        Example({"settingId": "/ssm/parameter-store/high-throughput-enabled", "settingValue": "true"}, type=SETTING),
        Example({"state": "block-new-sharing"}, type=BLOCKS[0]),
    ),
    bad=(
        *(
            Example({"sharedAccounts": [UNKNOWN, "all"]}, type=kind, finds=("sharedAccounts has all",))
            for kind in SNAPSHOTS
        ),
        Example({"group": "all", "imageId": "ami-1"}, type=IMAGE, finds=("group has all",)),
        Example({"accountId": "all", "snapshotId": "snap-1"}, type=VOLUME, finds=("accountId has all",)),
        Example(
            {"distributions": [{"amiDistributionConfiguration": {"launchPermission": {"userGroups": ["all"]}}}]},
            type=IMAGES,
            finds=("distributions[0].amiDistributionConfiguration.launchPermission.userGroups has all",),
        ),
        Example(
            {"permissions": {"type": "Share", "accountIds": "123456789012, All"}},
            type=DOCUMENT,
            finds=("permissions.accountIds has all",),
        ),
        Example(
            {"settingId": DOCUMENTS_SETTING, "settingValue": "Enable"},
            type=SETTING,
            finds=("settingValue has enable",),
        ),
        Example(
            {
                "settingId": f"arn:aws:ssm:eu-west-1:1:servicesetting{DOCUMENTS_SETTING}",
                "settingValue": "Enable",
            },
            type=SETTING,
            finds=("settingValue has enable",),
        ),
        Example({"repositoryName": "blog"}, type=GALLERY, finds=("everybody may read a repository of ECR Public",)),
        *(Example({"state": "unblocked"}, type=kind, finds=("state has unblocked",)) for kind in BLOCKS),
    ),
    unknown_passes_because="Accounts and organisations that are unknown are named by another resource; every account "
    "is a word.",
)
def shared_resource_not_public(resource: Resource) -> Iterator[str]:
    """No copy of data, machine image or document is for every AWS account."""
    props = resource.props
    if resource.type == GALLERY:
        yield "everybody may read a repository of ECR Public"
    elif resource.type == IMAGES:
        for block in props.blocks("distributions") if props.has("distributions") else ():
            yield from _opened(block, "amiDistributionConfiguration.launchPermission.userGroups", "all")
    elif resource.type == SETTING:
        if (props.known_text("settingId") or "").endswith(DOCUMENTS_SETTING):
            yield from _opened(props, "settingValue", "enable")
    else:
        yield from _opened(props, *PUBLIC[resource.type])


def _opened(block: Block, path: str, word: str) -> Iterator[str]:
    """Word a finding where a property, a text or a list of them has a word that opens it to everybody."""
    try:
        given = block.value(path)
    except UndecidedError:
        return
    if word in {one.strip().lower() for text in strings(given) for one in text.split(",")}:
        yield f"{block.path}{path} has {word}"

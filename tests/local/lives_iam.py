"""Lives of who may come in from outside of AWS."""

from tests.local.life import Life
from tests.local.world import policy

LIVES = [
    Life(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        inputs=lambda _: {
            "url": "https://token.actions.githubusercontent.com",
            "clientIdLists": ["sts.amazonaws.com"],
            "tags": {"for": "tests"},
        },
        look=lambda world, it: (
            (
                live := world.call(
                    "iam",
                    "get_open_id_connect_provider",
                    OpenIDConnectProviderArn=it["arn"],
                )
            )["ClientIDList"],
            {tag["Key"]: tag["Value"] for tag in live["Tags"]},
        ),
        made=(["sts.amazonaws.com"], {"service": "blog", "environment": "test", "for": "tests"}),
        changed=lambda _: {"clientIdLists": ["sts.amazonaws.com", "other"], "tags": None},
        changes=(["sts.amazonaws.com", "other"], {"service": "blog", "environment": "test"}),
        replaced={"url": "https://elsewhere.example"},
    ),
    Life(
        "aws:iam/policy:Policy",
        inputs=lambda _: {"policy": policy("s3:GetObject"), "description": "of tests", "tags": {"for": "tests"}},
        look=lambda world, it: (
            (live := world.call("iam", "get_policy", PolicyArn=it["arn"])["Policy"])["PolicyName"] == it["name"],
            world.call("iam", "get_policy_version", PolicyArn=it["arn"], VersionId=live["DefaultVersionId"])[
                "PolicyVersion"
            ]["Document"]["Statement"][0]["Action"],
            {tag["Key"] for tag in world.call("iam", "list_policy_tags", PolicyArn=it["arn"])["Tags"]},
        ),
        made=(True, ["s3:GetObject"], {"service", "environment", "for"}),
        changed=lambda _: {"policy": policy("s3:PutObject"), "tags": None},
        changes=(True, ["s3:PutObject"], {"service", "environment"}),
        replaced={"name": "another", "path": "/other/"},
    ),
]

"""Where the state of the stacks rests, and who may read and write it."""

import pulumi

from components.access.key import Key
from components.deployment import Deployment
from components.iam import Conditions, Statement
from components.storage.bucket import Bucket
from components.storage.log_bucket import log_bucket


class State(pulumi.ComponentResource):
    """The bucket that `pulumi login` names, its log bucket, and the key that encrypts the secrets within the states.

    Two keys: the one of the bucket is used through S3 by whoever may read the bucket, the one of the secrets by those
    only who are allowed its alias. So a state that got out gives nothing away. The lock of a stack is an object in the
    bucket, below `.pulumi/locks`; there is no table to make.

    Source: https://www.pulumi.com/docs/iac/concepts/state-and-backends/#aws-s3

    Args:
        name: What the names begin with.
        deployment: What it shares with the other parts; with a key of its own, which encrypts the bucket.
        opts: Options of the component.
    """

    def __init__(self, name: str, *, deployment: Deployment, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("blog:state:State", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # Archived after 90 days like any old object, but where it can be read at once.
        self._bucket = Bucket(
            "state",
            deployment=deployment,
            logs=log_bucket(deployment=deployment, opts=child),
            cold_storage="GLACIER_IR",
            opts=child,
        )
        self._secrets_alias = f"{name}-secrets"
        Key(self._secrets_alias, prefix=name, arns=deployment.arns, protection=deployment.protection, opts=child)
        self._arns = deployment.arns
        self._objects = deployment.arns.bucket(f"{deployment.prefix}-state-{deployment.arns.account}")
        self.url = self._bucket.name.apply(lambda bucket: f"s3://{bucket}?region={self._arns.region}&awssdk=v2")
        self.secrets_provider = f"awskms:///alias/{self._secrets_alias}?region={self._arns.region}&awssdk=v2"
        self.register_outputs({"url": self.url})

    def grant_read(self) -> list[Statement]:
        """What a preview needs: the states of all stacks, and the secrets in them."""
        return [
            Statement(sid="ListStates", actions=["s3:ListBucket"], resources=[self._objects]),
            self._bucket.grant_read(),
            self._use("ReadSecrets", "Decrypt"),
        ]

    def grant_write(self, stack: str) -> list[Statement]:
        """What a deployment of one stack of the blog needs: its state, its lock, its history and its secrets."""
        own = [f"{self._objects}/.pulumi/{kind}/*/{stack}" for kind in ("stacks", "locks", "history", "backups")]
        return [
            *self.grant_read(),
            Statement(
                sid="WriteState",
                actions=["s3:PutObject", "s3:DeleteObject"],
                resources=[pattern + end for pattern in own for end in (".*", "/*")],
            ),
            self._use("WriteSecrets", "Encrypt", "GenerateDataKey"),
        ]

    def _use(self, sid: str, *actions: str) -> Statement:
        """Use of the key by its alias: its ARN is known too late for the rules to judge."""
        by_alias: Conditions = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": [f"alias/{self._secrets_alias}"]}}
        return Statement(
            sid=sid,
            actions=[f"kms:{action}" for action in actions],
            resources=[self._arns.of("kms", "key/*")],
            conditions=by_alias,
        )

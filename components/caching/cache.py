"""The cache before the table, in the private subnets: who reaches it, and with which rights."""

from collections.abc import Sequence
from dataclasses import replace

import pulumi
from pulumi_aws import elasticache

from components.caching.cache_server import ENGINE, PORT, CacheEngine, Site
from components.compute.function import FunctionDefaults
from components.deployment import Deployment
from components.iam import Statement
from components.network import Network
from components.protection import stateful
from components.secrets.rotation import Rotation
from components.secrets.secret import Secret, made_with


class Cache(pulumi.ComponentResource):
    """Valkey by ElastiCache, encrypted at rest and on the way, with one user beside the default one, which is off.

    The user has the four commands that the functions need, on keys that begin with the prefix. Its password is a secret
    that functions read at run time and another function rotates; a deployment does not set it back.

    Sources: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html,
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html

    Args:
        deployment: What it shares with the other parts.
        defaults: What the function that rotates the password shares with the others.
        network: Where it stands.
        engine: What makes it.
        opts: Options of the component.
    """

    parts: list[object]
    """What is to be watched of it."""

    def __init__(
        self,
        *,
        deployment: Deployment,
        defaults: FunctionDefaults,
        network: Network,
        engine: CacheEngine,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-cache"
        super().__init__("blog:cache:Cache", name, None, opts)
        self._arns = deployment.arns
        self._placement = network.placement
        child = pulumi.ResourceOptions(parent=self)
        place = network.store("cache", port=PORT)
        network.reach("secretsmanager")
        self._user = name
        self._secret = Secret(name, deployment=deployment, description="The password of the cache's user", opts=child)
        keys = f"~{deployment.prefix}:*"
        users = [
            # A server cannot be without it, so it is replaced by one that nobody can be.
            self._make_user("default", f"off {keys} resetchannels -@all", made_with(self._secret.id)),
            self._make_user(self._user, f"on {keys} resetchannels -@all +get +set +del +eval", self._secret.value),
        ]
        group = elasticache.UserGroup(
            name, user_group_id=name, engine=ENGINE, user_ids=[user.user_id for user in users], opts=child
        )
        server = engine.make(
            Site(
                name=name,
                deployment=deployment,
                subnet_ids=place.subnet_ids,
                security_group_ids=place.security_group_ids,
                user_group_id=group.user_group_id,
                child=child,
                stateful=stateful(self, protection=deployment.protection),
            )
        )
        self._environment = {
            "CACHE_HOST": server.host,
            "CACHE_PORT": server.port.apply(str),
            "CACHE_USER": self._user,
            "CACHE_SECRET_NAME": self._secret.name,
            "CACHE_PREFIX": deployment.prefix,
        }
        self.parts = [server, self._rotation(defaults, needs=users).function]
        self.register_outputs({"user": self._user})

    def used_by(self, defaults: FunctionDefaults) -> FunctionDefaults:
        """The defaults of functions that use the cache: where they run, how they find it, and its user's password."""
        return replace(
            defaults,
            environment={**defaults.environment, **self._environment},
            placement=self._placement,
            grants=[*defaults.grants, self._secret.grant_read()],
        )

    def _rotation(self, defaults: FunctionDefaults, *, needs: Sequence[pulumi.Resource]) -> Rotation:
        """Give the user another password each month; it keeps the one before.

        Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/User-Secrets-Manager.html
        """
        change = Statement(
            sid="ChangeCachePassword",
            actions=["elasticache:DescribeUsers", "elasticache:ModifyUser"],
            resources=[self._arns.of("elasticache", f"user:{self._user}")],
        )
        return Rotation(
            "rotate_cache_password",
            defaults=defaults,
            secret=self._secret,
            grants=[change],
            environment={"CACHE_USER": self._user},
            needs=needs,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _make_user(self, name: str, access: str, password: pulumi.Input[str]) -> elasticache.User:
        user_id = self._user if name == self._user else f"{self._user}-{name}"
        return elasticache.User(
            user_id,
            user_id=user_id,
            user_name=name,
            engine=ENGINE,
            access_string=access,
            passwords=[password],
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["passwords"]),
        )

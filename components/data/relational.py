"""The relational store of the reports, in the private subnets: who reaches it, and with which rights."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Literal

import pulumi
import pulumi_aws as aws

from components.compute.function import Function, FunctionDefaults
from components.compute.layer import Layer
from components.data.database import Engine, Site
from components.deployment import Deployment
from components.iam import Statement
from components.network import Network, Placement
from components.protection import stateful
from components.secrets.rotation import Rotation
from components.secrets.secret import Secret

PORT = 5432
PREPARATION_SECONDS = 120
"""An instance that was made a moment ago may take a while to answer."""


class Relational(pulumi.ComponentResource):
    """A PostgreSQL database for the ledger of the reports.

    The password of the master is a secret that RDS makes, keeps and rotates, or, where it cannot, a function. With the
    login `iam`, functions are another user, who signs in by tokens that live for 15 minutes, and whom the
    deployment has admitted. With `secret`, they read the password of the master.

    Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html,
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html

    Args:
        deployment: What it shares with the other parts.
        defaults: What the function that admits the user shares with the others.
        network: Where the store stands.
        engine: What makes it.
        login: How functions sign in.
        opts: Options of the component.
    """

    arn: pulumi.Output[str]
    placement: Placement
    """Where a function has to run that uses the store."""

    layers: Sequence[pulumi.Input[str]]
    """What a function has to import for it."""

    environment: Mapping[str, pulumi.Input[str]]
    """How a function finds it; nothing secret."""

    parts: list[object]
    """What is to be watched of it."""

    def __init__(
        self,
        *,
        deployment: Deployment,
        defaults: FunctionDefaults,
        network: Network,
        engine: Engine,
        login: Literal["iam", "secret"],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-ledger"
        super().__init__("blog:relational:Relational", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        place = network.store("ledger", port=PORT)
        network.reach("secretsmanager")
        subnets = aws.rds.SubnetGroup(
            name,
            name=name,
            description="The private subnets of the ledger",
            subnet_ids=place.subnet_ids,
            opts=child,
        )
        site = Site(
            name=name,
            database=deployment.prefix.replace("-", "_"),
            deployment=deployment,
            subnet_group=subnets.name,
            security_group_ids=place.security_group_ids,
            child=child,
            stateful=stateful(self, protection=deployment.protection),
        )
        self._arns = deployment.arns
        self._login = login
        self._database = engine.make(site)
        # A function that signs in needs a server, the endpoint of Secrets Manager and the security group rules.
        self._needs = [*self._database.servers, network]
        # The name has the prefix, so that a right to be the user is one stack's alone.
        self._user = f"{site.database}_ledger" if login == "iam" else site.master
        self.arn = self._database.arn
        self.placement = network.placement
        self.layers = [Layer("pg8000", deployment=deployment, architecture=defaults.architecture, opts=child).arn]
        address = {
            "LEDGER_HOST": self._database.host,
            "LEDGER_PORT": self._database.port.apply(str),
            "LEDGER_DATABASE": site.database,
            "LEDGER_AUTHORITY": authority(deployment.arns.region),
        }
        master = {**address, "LEDGER_USER": site.master, "LEDGER_SECRET_ID": self._database.secret}
        self.environment = {**address, "LEDGER_USER": self._user} if login == "iam" else master
        self.parts = [self._database]
        if self._database.rotated:
            self.parts.append(self._rotation(defaults, self._database.rotated, master).function)
        if login == "iam":
            self.parts.append(self._admit(defaults, master))
        self.register_outputs({"arn": self.arn})

    def grant_connect(self) -> Statement:
        """The statement that allows to sign in as the user of the functions, and as nobody else.

        The resource id of the database, in the middle of the ARN, is not known before it exists; the user's name is.
        """
        if self._login == "secret":
            return self._database.read_secret
        return Statement(
            sid="ConnectToLedger",
            actions=["rds-db:connect"],
            resources=[self._arns.of("rds-db", f"dbuser:*/{self._user}")],
        )

    def grant_backup(self) -> Statement:
        """The statement that allows to copy the store into a vault of AWS Backup, which deletes old copies itself.

        Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
        """
        return Statement(
            sid="BackUpLedger",
            actions=[*self._database.backup, "rds:AddTagsToResource"],
            resources=[self._database.known_arn, self._database.backups],
        )

    def _rotation(
        self, defaults: FunctionDefaults, secret: Secret, environment: Mapping[str, pulumi.Input[str]]
    ) -> Rotation:
        """Give the master another password each month; the function stands in the network, where it can sign in."""
        beside = replace(defaults, placement=self.placement, layers=[*defaults.layers, *self.layers])
        return Rotation(
            "rotate_ledger_password",
            defaults=beside,
            secret=secret,
            environment=environment,
            needs=self._needs,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _admit(self, defaults: FunctionDefaults, environment: Mapping[str, pulumi.Input[str]]) -> Function:
        """Call the function that makes the user, once for each user and database."""
        child = pulumi.ResourceOptions(parent=self)
        prepare = Function(
            "prepare_ledger",
            defaults=replace(defaults, provisioned_concurrency=0),
            grants=[self._database.read_secret],
            environment={**environment, "LEDGER_ADMITTED": self._user},
            layers=self.layers,
            placement=self.placement,
            timeout=PREPARATION_SECONDS,
            opts=child,
        )
        aws.lambda_.Invocation(
            prepare.name,
            function_name=prepare.alias.function_name,
            qualifier=prepare.alias.name,
            input="{}",
            triggers={"user": self._user, "database": self._database.arn},
            opts=pulumi.ResourceOptions(parent=self, depends_on=self._needs),
        )
        return prepare


def authority(region: str) -> str:
    """The certificate, in PEM, of who signs the servers' certificates in a region.

    Raises:
        KeyError: There is none of the region.
    """
    lines = Path(__file__).with_name("rds_authorities.pem").read_text(encoding="utf-8").splitlines()
    if region not in lines:
        raise KeyError(
            f"components/data/rds_authorities.pem has no certificate of {region}: add it from the bundle of AWS"
        )
    certificate = takewhile(lambda line: "END" not in line, lines[lines.index(region) + 1 :])
    return "\n".join([*certificate, "-----END CERTIFICATE-----", ""])

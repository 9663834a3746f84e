"""Functions and tables that stand where their data is."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.rule import Example, Option, stack_rule

FUNCTION = "aws:lambda/function:Function"
STORES = (
    "aws:dax/cluster:Cluster",
    "aws:elasticache/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/serverlessCache:ServerlessCache",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
)
"""Stores with an address in a VPC only; a cluster of RDS with the Data API is reached without one."""
TABLE, DATABASE = "aws:glue/catalogTable:CatalogTable", "aws:glue/catalogDatabase:CatalogDatabase"
BUCKET = "aws:s3/bucket:Bucket"


@stack_rule(
    "lambda-in-vpc",
    title="Lambda functions that use a data store in a VPC are attached to a VPC",
    types=(FUNCTION,),
    category="network-exposure",
    severity="medium",
    env="same",
    tier="extended",
    sources=("cdk-nag:Nag-LambdaInsideVPC", "checkov:CKV_AWS_117", "fsbp:Lambda.3"),
    fix="Set vpcConfig to the subnets and the security group from which the store is reached.",
    good=(
        Example({}),
        Example(
            {"vpcConfig": {"subnetIds": ["s"]}},
            depends={"environment": ("c",)},
            others=(Example({}, type=STORES[0], name="c"),),
        ),
        Example(
            {},
            depends={"environment": ("c",)},
            others=(Example({"enableHttpEndpoint": True}, type="aws:rds/cluster:Cluster", name="c"),),
        ),
    ),
    bad=(
        Example(
            {},
            finds=("vpcConfig is not set, and c is reached from a VPC only",),
            depends={"environment": ("c",)},
            others=(Example({}, type=STORES[0], name="c"),),
        ),
        Example(
            {},
            finds=("vpcConfig is not set, and 0, 1, 2, 3, 4, 5 is reached from a VPC only",),
            depends={"environment": tuple(map(str, range(len(STORES))))},
            others=tuple(Example({}, type=kind, name=str(i)) for i, kind in enumerate(STORES)),
        ),
    ),
    unknown_passes_because="Subnets that are unknown are there all the same.",
)
def lambda_in_vpc(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A function that uses a store of a VPC runs in it. Others gain nothing there, so that they are left alone."""
    stores = {one.urn: one.name for one in stack.of(*STORES) if one.props.flag("enableHttpEndpoint") is not True}
    for function in stack.of(FUNCTION):
        used = [stores[urn] for urn in sorted(function.depends.get("environment", ())) if urn in stores]
        if used and not function.props.has("vpcConfig.subnetIds"):
            yield function, f"vpcConfig is not set, and {', '.join(used)} is reached from a VPC only"


@stack_rule(
    "glue-table-location-owned",
    title="AWS Glue tables and databases use S3 locations in buckets of the stack or listed buckets",
    types=(TABLE, DATABASE),
    category="network-exposure",
    severity="low",
    env="same",
    tier="extended",
    fix="Point the location at a bucket of the stack, or name the bucket in the rule's option buckets.",
    options={"buckets": Option([], "Names of buckets outside of the stack that tables may point at.")},
    good=(
        Example({"storageDescriptor": {"location": "s3://own/posts/"}}, others=(Example({"bucket": "own"}, BUCKET),)),
        Example({"storageDescriptor": {"location": "s3://shared/posts/"}}, settings={"buckets": ["shared"]}),
        Example({}),
        Example(
            {"storageDescriptor": {"location": UNKNOWN}},
            depends={"storageDescriptor": ("b",)},
            others=(Example({}, BUCKET, name="b"),),
        ),
    ),
    bad=(
        Example(
            {"storageDescriptor": {"location": "s3://other/posts/"}},
            finds=("storageDescriptor.location is in a bucket outside of the stack",),
            others=(Example({"bucket": "own"}, BUCKET),),
        ),
        Example(
            {"locationUri": "s3://other/"}, finds=("locationUri is in a bucket outside of the stack",), type=DATABASE
        ),
    ),
)
def glue_table_location_owned(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A table reads its own application's data."""
    owned = {*stack.settings["buckets"], *(one.props.known_text("bucket") for one in stack.of(BUCKET))}
    buckets = frozenset(one.urn for one in stack.of(BUCKET))
    for one in stack.of(TABLE, DATABASE):
        path = "locationUri" if one.type == DATABASE else "storageDescriptor.location"
        if buckets & one.depends.get(path.partition(".")[0], frozenset()):
            continue
        bucket = (one.props.text(path) or "").removeprefix("s3://").partition("/")[0]
        if bucket and bucket not in owned:
            yield one, f"{path} is in a bucket outside of the stack"

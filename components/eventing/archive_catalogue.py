"""How the archive is queried: a table over its files, and a workgroup that bounds what queries may do."""

from textwrap import dedent

import pulumi
from pulumi_aws import athena, glue

from components.deployment import Deployment
from components.storage.bucket import Bucket

COLUMNS = {
    "postid": "string",
    "userid": "string",
    "title": "string",
    "text": "string",
    "owner": "string",
    "version": "int",
    "createdat": "string",
    "archivedat": "string",
}
"""What queries know of a line; what else it holds stays in the file."""

PROJECTION = {
    "projection.enabled": "true",
    "projection.year.type": "integer",
    "projection.year.range": "2000,2050",
    "projection.month.type": "integer",
    "projection.month.range": "1,12",
    "projection.month.digits": "2",
}
"""By which Athena knows the folders without a list of them, so that nothing has to be done when a new month begins.

Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-setting-up.html
"""

POSTS_PER_MONTH = dedent("""\
    SELECT year, month, count(DISTINCT postid) AS posts
    FROM posts
    GROUP BY year, month
    ORDER BY year, month
    """)
"""Counts ids, not lines: Lambda promises to hand a record over at least once."""


class Catalogue(pulumi.ComponentResource):
    """A Glue table of the archived posts, and an Athena workgroup whose results are encrypted and whose reads end.

    Args:
        deployment: What it shares with the other parts.
        bucket: The archive, which also takes the results.
        scan_limit_megabytes: How much one query may read before it is stopped.
        opts: Options of the component.
    """

    workgroup: pulumi.Output[str]

    def __init__(
        self,
        *,
        deployment: Deployment,
        bucket: Bucket,
        scan_limit_megabytes: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-archive"
        super().__init__("blog:archive_catalogue:Catalogue", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        database = glue.CatalogDatabase(
            name,
            # The only name without hyphens, which a query would have to quote.
            name=name.replace("-", "_"),
            description=f"What has left the table of {deployment.prefix}",
            opts=child,
        )
        posts = glue.CatalogTable(
            name,
            name="posts",
            database_name=database.name,
            description="A line a post, gzipped JSON in a folder for each month in which posts were written",
            table_type="EXTERNAL_TABLE",
            parameters={"classification": "json", **PROJECTION},
            partition_keys=[glue.CatalogTablePartitionKeyArgs(name=key, type="int") for key in ("year", "month")],
            storage_descriptor=glue.CatalogTableStorageDescriptorArgs(
                location=pulumi.Output.concat("s3://", bucket.name, "/posts/"),
                columns=[
                    glue.CatalogTableStorageDescriptorColumnArgs(name=column, type=type_)
                    for column, type_ in COLUMNS.items()
                ],
                input_format="org.apache.hadoop.mapred.TextInputFormat",
                output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                ser_de_info=glue.CatalogTableStorageDescriptorSerDeInfoArgs(
                    serialization_library="org.openx.data.jsonserde.JsonSerDe"
                ),
            ),
            opts=child,
        )
        workgroup = athena.Workgroup(
            name,
            name=name,
            description=f"Queries of the archive of {deployment.prefix}",
            configuration=athena.WorkgroupConfigurationArgs(
                enforce_workgroup_configuration=True,
                publish_cloudwatch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=scan_limit_megabytes * 1024 * 1024,
                result_configuration=athena.WorkgroupConfigurationResultConfigurationArgs(
                    output_location=pulumi.Output.concat("s3://", bucket.name, "/results/"),
                    encryption_configuration=athena.WorkgroupConfigurationResultConfigurationEncryptionConfigurationArgs(
                        encryption_option="SSE_KMS" if deployment.key_arn else "SSE_S3",
                        kms_key_arn=deployment.key_arn,
                    ),
                ),
            ),
            # A stack that nobody depends on can be taken down together with the history of its queries.
            force_destroy=not deployment.protection,
            opts=child,
        )
        athena.NamedQuery(
            name,
            name="posts-per-month",
            description="How many of the posts of each month have left the table",
            database=database.name,
            workgroup=workgroup.name,
            query=POSTS_PER_MONTH,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[posts]),
        )
        self.workgroup = workgroup.name
        self.register_outputs({"workgroup": self.workgroup})

"""The contract of what other projects may read of a stack."""

from dataclasses import dataclass, fields

import pulumi


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a stack exports, each field under its name in camel case.

    Other projects rely on it: a field is added freely, but one that is renamed, removed or given another meaning needs
    the next version. `outputs.schema.json` is the contract as others see it; `make contract` writes it.

    Attributes:
        api_url: Where the API answers, without a slash at the end.
        api_host: The name that AWS gives the API, to which the DNS record of the API's own name points, if it has one.
        site_url: Where browsers find the site, without a slash at the end; only where CloudFront stands before it.
        site_host: The name that AWS gives the site, to which the DNS record of the site's own name points.
        region: The region of everything below.
        table_name: The DynamoDB table.
        table_arn: Its ARN.
        user_pool_id: The Cognito pool whose tokens the API takes.
        user_pool_client_id: The client by which users sign in.
        uploads_bucket: The bucket in which each `*.csv` is imported that is put there.
        reports_bucket: The bucket with the daily reports, `reports/year=2026/month=11/day=24/report.json` and so on.
        archive_bucket: The bucket with the posts that have left the table.
        archive_workgroup: The Athena workgroup in which they are queried.
        accelerator_endpoint: Where clients in the network read the table by DAX, `daxs://...`; only where it stands.
        version: The version of this contract.
    """

    api_url: pulumi.Output[str]
    api_host: pulumi.Output[str] | None
    site_url: str | None
    site_host: pulumi.Output[str] | None
    region: str
    table_name: pulumi.Output[str]
    table_arn: pulumi.Output[str]
    user_pool_id: pulumi.Output[str]
    user_pool_client_id: pulumi.Output[str]
    uploads_bucket: pulumi.Output[str]
    reports_bucket: pulumi.Output[str]
    archive_bucket: pulumi.Output[str]
    archive_workgroup: pulumi.Output[str]
    accelerator_endpoint: pulumi.Output[str] | None
    version: int = 1

    def export(self) -> None:
        """Make the fields outputs of the stack."""
        for field in fields(self):
            pulumi.export(camel(field.name), getattr(self, field.name))


def camel(name: str) -> str:
    """Give the name under which a field is exported: `api_url` as `apiUrl`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)

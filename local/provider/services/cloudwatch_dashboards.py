"""CloudWatch's dashboards.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html and
https://www.pulumi.com/registry/packages/aws/api-docs/cloudwatch/dashboard/.
"""

from local.provider.resource import ResourceType

DASHBOARD = ResourceType(
    "aws:cloudwatch/dashboard:Dashboard",
    service="cloudwatch",
    create="PutDashboard",
    read="GetDashboard",
    update="PutDashboard",
    delete=lambda aws, props: aws.call("cloudwatch", "DeleteDashboards", DashboardNames=[props["dashboardName"]]),
    keys={"DashboardName": "dashboardName"},
    id=("{dashboardName}",),
    replaces=frozenset({"dashboardName"}),
    named="dashboardName",
)

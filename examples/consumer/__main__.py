"""A newsletter about the blog's posts: its functions find the blog's API in Parameter Store."""

import pulumi
import pulumi_aws as aws

import blog_outputs

config = pulumi.Config()
stack = f"{pulumi.get_project()}-{pulumi.get_stack()}"
blog = blog_outputs.read(config.require("blogStack"))

tags = {"service": pulumi.get_project(), "environment": pulumi.get_stack(), "owner": "news", "cost-centre": "news"}
provider = aws.Provider(
    "aws", region=blog.apply(lambda it: it.region), default_tags=aws.ProviderDefaultTagsArgs(tags=tags)
)
parameter = aws.ssm.Parameter(
    f"{stack}-blog-api-url",
    name=f"/{stack}/blog-api-url",
    description="Where the blog's API answers",
    type="String",
    value=blog.apply(lambda it: it.api_url),
    opts=pulumi.ResourceOptions(provider=provider),
)
aws.budgets.Budget(
    f"{stack}-monthly",
    name=f"{stack}-monthly",
    budget_type="COST",
    time_unit="MONTHLY",
    limit_amount="10",
    limit_unit="USD",
    cost_filters=[aws.budgets.BudgetCostFilterArgs(name="TagKeyValue", values=[f"user:service${tags['service']}"])],
    notifications=[
        aws.budgets.BudgetNotificationArgs(
            comparison_operator="GREATER_THAN",
            notification_type=kind,
            threshold=80,
            threshold_type="PERCENTAGE",
            subscriber_email_addresses=[config.require("alertEmail")],
        )
        for kind in ("ACTUAL", "FORECASTED")
    ],
    opts=pulumi.ResourceOptions(provider=provider),
)
pulumi.export("parameterName", parameter.name)

"""What the resources of one stack may cost."""

import pulumi
import pulumi_aws as aws

from components.deployment import Deployment
from components.monitoring.topic import Topic


class Budget(pulumi.ComponentResource):
    """What the resources of one stack may cost a month, told at 80 % and 100 %, spent or forecast.

    The stack's resources are found by a tag. It counts once the tag is activated as a cost allocation tag, and from
    then on: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html

    Args:
        deployment: What it shares with the other parts.
        dollars: US dollars a month.
        tag: Key and value of the tag that all of the stack's resources have, and no others.
        topic: Where it is told.
        opts: Options of the component.
    """

    def __init__(
        self,
        *,
        deployment: Deployment,
        dollars: int,
        tag: tuple[str, str],
        topic: Topic,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-monthly"
        super().__init__("blog:budget:Budget", name, None, opts)
        budget = aws.budgets.Budget(
            name,
            name=name,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(dollars),
            limit_unit="USD",
            cost_filters=[aws.budgets.BudgetCostFilterArgs(name="TagKeyValue", values=[f"user:{tag[0]}${tag[1]}"])],
            notifications=[
                aws.budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    subscriber_sns_topic_arns=[topic.arn],
                )
                for kind in ("ACTUAL", "FORECASTED")
                for percent in (80, 100)
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"name": budget.name})

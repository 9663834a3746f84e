"""What tells of money: a budget for the stack, and an alarm on the bill of the whole account."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.alarms import Alarm, signals_of
from components.deployment import Deployment
from components.monitoring import metric_alarm
from components.topic import CLOUDWATCH, Topic

BILLING_REGION = "us-east-1"
"""Where the bill's metric is, and with it every alarm on it,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html."""

SIX_HOURS = 6 * 60 * 60
"""How often AWS puts a new number into the metric, at most."""


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
        super().__init__("blog:cost:Budget", name, None, opts)
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


class BillingAlarm(pulumi.ComponentResource):
    """An alarm on the estimated charges of the account this month, with a topic of its own beside it.

    An alarm acts only within its region, so the topic of the stack's own region is out of its reach. The metric exists
    once the account has turned on billing alerts.

    Args:
        deployment: What it shares with the other parts, at `BILLING_REGION`.
        dollars: US dollars a month.
        emails: Who is told.
        opts: Options of the component, with a provider of that region.
    """

    def __init__(
        self,
        *,
        deployment: Deployment,
        dollars: int,
        emails: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-bill"
        super().__init__("blog:cost:BillingAlarm", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        topic = Topic(name, deployment=deployment, publishers=[CLOUDWATCH], emails=emails, opts=child)
        alarm = aws.cloudwatch.MetricAlarm(
            name,
            name=name,
            alarm_description=f"The account's bill of this month is above {dollars} US dollars; see Cost Explorer.",
            namespace="AWS/Billing",
            metric_name="EstimatedCharges",
            # Without the currency, no metric is found: there is none that holds all of them.
            dimensions={"Currency": "USD"},
            statistic="Maximum",
            period=SIX_HOURS,
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=dollars,
            # At the turn of the month the metric pauses, which is neither good nor bad news.
            treat_missing_data="ignore",
            alarm_actions=[topic.arn],
            opts=child,
        )
        for signal in signals_of(topic.undelivered):
            if isinstance(signal, Alarm):
                metric_alarm(signal, prefix=deployment.prefix, topic=topic, opts=child)
        self.register_outputs({"alarm": alarm.arn})

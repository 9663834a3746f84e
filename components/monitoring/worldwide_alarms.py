"""Alarms on what has no region of its own: the account's bill and CloudFront. Their metrics are in one region alone."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.alarms import Alarm, describe, signals_of
from components.deployment import Deployment
from components.monitoring.monitoring import metric_alarm
from components.monitoring.topic import CLOUDWATCH, Topic

WORLDWIDE_REGION = "us-east-1"
"""Where these metrics are, and with them every alarm on them,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html,
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html."""

SIX_HOURS = 6 * 60 * 60
"""How often AWS puts a new number into the metric of the bill, at most."""


class WorldwideAlarms(pulumi.ComponentResource):
    """Alarms in the region of the worldwide metrics, with a topic of their own beside them.

    An alarm acts only within its region, so the topic of the stack's own region is out of its reach.

    Args:
        deployment: What it shares with the other parts, at `WORLDWIDE_REGION`.
        dollars: US dollars a month, of the whole account, above which the bill alarms; 0 for no alarm on it. Its
            metric exists once the account has turned on billing alerts.
        parts: What else is watched; `components/monitoring/alarms_*.py` say how.
        emails: Who is told.
        runbooks: URL of the folder with the runbooks, to which each alarm links.
        opts: Options of the component, with a provider of that region.
    """

    def __init__(
        self,
        *,
        deployment: Deployment,
        dollars: int,
        parts: Sequence[object],
        emails: Sequence[str],
        runbooks: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-worldwide"
        super().__init__("blog:worldwide_alarms:WorldwideAlarms", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        topic = Topic(name, deployment=deployment, publishers=[CLOUDWATCH], emails=emails, opts=self._child)
        if dollars:
            self._bill(f"{deployment.prefix}-bill", dollars, topic, runbooks)
        for part in (*parts, topic.undelivered):
            for signal in signals_of(part):
                if isinstance(signal, Alarm):
                    metric_alarm(signal, prefix=deployment.prefix, runbooks=runbooks, topic=topic, opts=self._child)
        self.register_outputs({"topic": topic.arn})

    def _bill(self, name: str, dollars: int, topic: Topic, runbooks: str) -> None:
        aws.cloudwatch.MetricAlarm(
            name,
            name=name,
            alarm_description=describe(
                f"The account's bill of this month is above {dollars} US dollars.",
                "Group this month's costs by service in Cost Explorer, and compare them with the month before.",
                "bill",
                runbooks,
            ),
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
            opts=self._child,
        )

"""Alarms to one topic, and the dashboard that shows what they watch."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.alarms import Alarm, Signal, describe, signals_of
from components.compute.function import Function
from components.deployment import Deployment
from components.monitoring import alarms_calls, alarms_edge, alarms_events, alarms_stores, dashboard
from components.monitoring.topic import BUDGETS, CLOUDWATCH, Topic

KINDS = (alarms_calls, alarms_edge, alarms_events, alarms_stores)
"""Where it stands what is watched of each kind of part; importing them makes it known."""

OF_MINUTES = 5
"""Of how many minutes an alarm's are counted."""


@dataclass(frozen=True)
class Watched:
    """Parts of the application that are looked at together.

    Attributes:
        title: Its heading on the dashboard.
        parts: What is watched; `components/monitoring/alarms_*.py` say how.
        together: Whether one message speaks for all of its alarms, because they are symptoms of the same trouble. Where
            they are troubles of their own, each has a message.
    """

    title: str
    parts: Sequence[object]
    together: bool = False


def metric_alarm(
    alarm: Alarm, *, prefix: str, runbooks: str, topic: Topic | None, opts: pulumi.ResourceOptions
) -> aws.cloudwatch.MetricAlarm:
    """An alarm that tells a topic when it begins and when it ends; without one, a composite alarm has to."""
    name = f"{prefix}-{alarm.name}"
    percentile = alarm.metric.statistic.startswith("p")
    told = [topic.arn] if topic else None
    return aws.cloudwatch.MetricAlarm(
        name,
        name=name,
        alarm_description=alarm.description(runbooks),
        namespace=alarm.metric.namespace,
        metric_name=alarm.metric.name,
        dimensions=alarm.metric.dimensions,
        statistic=None if percentile else alarm.metric.statistic,
        extended_statistic=alarm.metric.statistic if percentile else None,
        period=60,
        evaluation_periods=OF_MINUTES,
        datapoints_to_alarm=alarm.minutes,
        comparison_operator="LessThanThreshold" if alarm.below else "GreaterThanThreshold",
        threshold=alarm.threshold,
        treat_missing_data="notBreaching",
        alarm_actions=told,
        ok_actions=told,
        opts=opts,
    )


class Monitoring(pulumi.ComponentResource):
    """Alarms on the layers of an application, one topic that tells people, and a dashboard of what they monitor.

    Args:
        deployment: What it shares with the other parts.
        emails: Who is told, when an alarm begins and when it ends.
        runbooks: URL of the folder with the runbooks, to which each alarm links.
        layers: What is watched; with none, there is the topic alone.
        opts: Options of the component.
    """

    topic: Topic

    def __init__(
        self,
        *,
        deployment: Deployment,
        emails: Sequence[str],
        runbooks: str,
        layers: Sequence[Watched],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:monitoring:Monitoring", deployment.prefix, None, opts)
        self._prefix, self._runbooks = deployment.prefix, runbooks
        self._child = pulumi.ResourceOptions(parent=self)
        self.topic = Topic(
            f"{self._prefix}-alerts",
            deployment=deployment,
            publishers=[CLOUDWATCH, BUDGETS],
            emails=emails,
            opts=self._child,
        )
        signals: list[Signal] = []
        shown: list[pulumi.Output[str]] = []
        if layers and self.topic.undelivered:
            layers = [*layers, Watched("Alerts", [self.topic.undelivered])]
        for layer in layers:
            own = [signal for part in layer.parts for signal in signals_of(part)]
            alarms = [signal for signal in own if isinstance(signal, Alarm)]
            resources = [
                metric_alarm(
                    alarm,
                    prefix=self._prefix,
                    runbooks=runbooks,
                    topic=None if layer.together else self.topic,
                    opts=self._child,
                )
                for alarm in alarms
            ]
            together = [self._composite(layer.title, alarms, resources)] if layer.together else []
            signals += own
            shown += [alarm.arn for alarm in (*together, *resources)]
        if layers:
            self._show(deployment, layers, signals, shown)
        self.register_outputs({"topic": self.topic.arn})

    def _show(
        self,
        deployment: Deployment,
        layers: Sequence[Watched],
        signals: Sequence[Signal],
        alarm_arns: Sequence[pulumi.Output[str]],
    ) -> None:
        functions = [part for layer in layers for part in layer.parts if isinstance(part, Function)]
        body = dashboard.body(
            signals,
            alarm_arns=alarm_arns,
            log_groups=[function.log_group for function in functions],
            region=deployment.arns.region,
        )
        aws.cloudwatch.Dashboard(
            self._prefix,
            dashboard_name=self._prefix,
            dashboard_body=pulumi.Output.json_dumps(body),
            opts=self._child,
        )

    def _composite(
        self, title: str, alarms: Sequence[Alarm], resources: Sequence[pulumi.Resource]
    ) -> aws.cloudwatch.CompositeAlarm:
        """One alarm that tells the topic for several; its rule names them, so that it is known at the first preview."""
        name = f"{self._prefix}-{title.lower()}"
        return aws.cloudwatch.CompositeAlarm(
            name,
            alarm_name=name,
            alarm_description=describe(
                f"At least one alarm of the group {title} is on.",
                f"Open the dashboard {self._prefix}, which shows the alarms of the group.",
                title.lower(),
                self._runbooks,
            ),
            alarm_rule=" OR ".join(f'ALARM("{self._prefix}-{alarm.name}")' for alarm in alarms),
            alarm_actions=[self.topic.arn],
            ok_actions=[self.topic.arn],
            opts=pulumi.ResourceOptions(parent=self, depends_on=resources),
        )

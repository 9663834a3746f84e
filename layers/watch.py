"""Who is told what: alarms, the dashboard, the budget, the account's bill."""

from collections.abc import Sequence

import pulumi

from components.edge.site import Site
from components.monitoring.budget import Budget
from components.monitoring.monitoring import Monitoring, Watched
from components.monitoring.worldwide_alarms import WORLDWIDE_REGION, WorldwideAlarms
from layers.foundation import Foundation, provider_of
from settings import Settings


def watch(stack: Settings, foundation: Foundation, layers: Sequence[Watched], site: Site | None) -> None:
    """Have people told of what goes wrong or costs too much.

    Args:
        stack: What the stack chose.
        foundation: What this layer stands on.
        layers: What is looked at together.
        site: Whose metrics CloudFront has in another region.
    """
    deployment = foundation.deployment
    monitoring = Monitoring(
        deployment=deployment,
        emails=stack.alert_emails,
        runbooks=stack.runbooks_url,
        layers=layers if stack.alarms else [],
        opts=foundation.opts,
    )
    Budget(
        deployment=deployment,
        dollars=stack.monthly_budget,
        tag=("stack", stack.prefix),
        topic=monitoring.topic,
        opts=foundation.opts,
    )
    edge = [site.cdn] if site and stack.alarms else []
    if stack.billing_alarm or edge:
        worldwide = provider_of(stack, name="aws-worldwide", region=WORLDWIDE_REGION)
        WorldwideAlarms(
            deployment=deployment.at(WORLDWIDE_REGION),
            dollars=stack.billing_alarm,
            parts=edge,
            emails=stack.alert_emails,
            runbooks=stack.runbooks_url,
            opts=pulumi.ResourceOptions(providers={"aws": worldwide}),
        )

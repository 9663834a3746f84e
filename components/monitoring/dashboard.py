"""The body of a CloudWatch dashboard, put together from typed widgets.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Mapping, Sequence

import pulumi

from components.alarms import Alarm, Metric, Signal
from components.monitoring.panels import DETAILS, USERS, panel_of

type Body = Mapping[str, object]

COLUMNS, WIDTH, HEIGHT = 24, 6, 6
"""The width of a dashboard, and the size of a graph on it."""

STATES = 4
"""The height of the states of all alarms."""

CORRELATION_ID = "CORRELATION-ID"
"""What the dashboard's own field replaces in the query that follows one request."""

BILLING = Metric(namespace="AWS/Billing", name="EstimatedCharges", dimensions={"Currency": "USD"}, statistic="Maximum")
BILLING_REGION = "us-east-1"
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html."""


def body(
    signals: Sequence[Signal], *, alarm_arns: Sequence[pulumi.Input[str]], log_groups: Sequence[str], region: str
) -> Body:
    """Build what PutDashboard takes, once the outputs in it are known: at most 24 widgets, whatever is monitored.

    First what users notice, then the states of all alarms, the details, and the log lines of one request.

    Args:
        signals: What is drawn; those of one graph share it, with the thresholds of alarms as lines.
        alarm_arns: The alarms whose states are shown, 100 at most.
        log_groups: Where the lines that carry a correlation id are searched.
        region: Where all of it is.
    """
    graphs = _by_panel([*signals, BILLING])
    users = [_graph(title, graphs[title], region) for title in USERS if title in graphs]
    details = [_graph(title, graphs[title], region) for title in DETAILS if title in graphs]
    widgets: list[Body] = [_heading("What users notice", 0)]
    y = 1 + _place(users, widgets, 1)
    if alarm_arns:
        widgets.append(_widget("alarm", 0, y, COLUMNS, STATES, title="Alarms", alarms=list(alarm_arns)))
        y += STATES
    widgets.append(_heading("Details", y))
    y += 1 + _place(details, widgets, y + 1)
    properties = {"title": "One request", "query": _query(log_groups), "region": region, "view": "table"}
    widgets.append(_widget("log", 0, y, COLUMNS, HEIGHT, **properties))
    field = {
        "type": "pattern",
        "pattern": CORRELATION_ID,
        "inputType": "input",
        "id": "correlation",
        "label": "Correlation id",
        "defaultValue": CORRELATION_ID,
        "visible": True,
    }
    return {"variables": [field], "widgets": widgets}


def _heading(text: str, y: int) -> Body:
    return _widget("text", 0, y, COLUMNS, 1, markdown=f"## {text}")


def _place(graphs: Sequence[Mapping[str, object]], widgets: list[Body], y: int) -> int:
    """Append graphs row by row from `y` on, and return the height of the rows."""
    for at, graph in enumerate(graphs):
        down, across = divmod(at, COLUMNS // WIDTH)
        widgets.append(_widget("metric", across * WIDTH, y + down * HEIGHT, WIDTH, HEIGHT, **graph))
    return -(-len(graphs) // (COLUMNS // WIDTH)) * HEIGHT


def _widget(kind: str, x: int, y: int, width: int, height: int, **properties: object) -> Body:
    return {"type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties}


def _metric(signal: Signal) -> Metric:
    return signal.metric if isinstance(signal, Alarm) else signal


def _by_panel(signals: Sequence[Signal]) -> dict[str, list[Signal]]:
    """Group signals by the graph that draws them, by metric within it."""
    grouped: dict[str, list[Signal]] = {}
    for signal in sorted(signals, key=lambda one: _metric(one).name):
        metric = _metric(signal)
        grouped.setdefault(panel_of(metric.namespace, metric.name), []).append(signal)
    return grouped


def _graph(title: str, signals: Sequence[Signal], region: str) -> dict[str, object]:
    thresholds = sorted({signal.threshold for signal in signals if isinstance(signal, Alarm) and signal.threshold})
    return {
        "title": title,
        "metrics": [_line(_metric(signal)) for signal in signals],
        "region": BILLING_REGION if BILLING in signals else region,
        "period": 60 * 60 * 6 if BILLING in signals else 60,
        **({"annotations": {"horizontal": [{"value": value} for value in thresholds]}} if thresholds else {}),
    }


def _line(metric: Metric) -> list[object]:
    dimensions = [part for pair in metric.dimensions.items() for part in pair]
    return [metric.namespace, metric.name, *dimensions, {"stat": metric.statistic}]


def _query(log_groups: Sequence[str]) -> str:
    sources = " | ".join(f"SOURCE '{group}'" for group in log_groups)
    return (
        f"{sources} | filter correlation_id = '{CORRELATION_ID}' | sort @timestamp asc "
        "| display @timestamp, service, level, message, route, status, line, reason, @log"
    )

"""The body of a CloudWatch dashboard, put together from typed widgets.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pulumi

from components.alarms import Alarm, Metric, Signal

type Body = Mapping[str, object]

COLUMNS, WIDTH, HEIGHT = 24, 6, 6
"""The width of a dashboard, and the size of a graph on it."""

STATES = 3
"""The height of a row's states of alarms."""

CORRELATION_ID = "CORRELATION-ID"
"""What the dashboard's own field replaces in the query that follows one request."""


@dataclass(frozen=True)
class Row:
    """A layer on the dashboard: a heading, the states of its alarms, and a graph for each metric of its parts.

    Attributes:
        title: The heading.
        signals: What is shown; those of one metric share a graph, with the threshold as a line.
        alarm_arns: The alarms whose states are shown, 100 at most.
    """

    title: str
    signals: Sequence[Signal]
    alarm_arns: Sequence[pulumi.Input[str]] = ()


def body(rows: Sequence[Row], *, log_groups: Sequence[str], region: str) -> Body:
    """What PutDashboard takes, once the outputs in it are known: a row a layer, and the log lines of one request.

    Args:
        rows: The layers, top to bottom.
        log_groups: Where the lines that carry a correlation id are searched.
        region: Where all of it is.
    """
    widgets: list[Body] = []
    y = 0
    for row in rows:
        widgets.append(_widget("text", 0, y, COLUMNS, 1, markdown=f"## {row.title}"))
        if row.alarm_arns:
            states = _widget("alarm", 0, y + 1, COLUMNS, STATES, title="Alarms", alarms=list(row.alarm_arns))
            widgets.append(states)
            y += STATES
        graphs = [_graph(name, list(signals), region) for name, signals in _by_metric(row.signals)]
        for at, graph in enumerate(graphs):
            down, across = divmod(at, COLUMNS // WIDTH)
            widgets.append(_widget("metric", across * WIDTH, y + 1 + down * HEIGHT, WIDTH, HEIGHT, **graph))
        y += 1 + -(-len(graphs) // (COLUMNS // WIDTH)) * HEIGHT
    widgets.append(
        _widget(
            "log", 0, y, COLUMNS, HEIGHT, title="One request", query=_query(log_groups), region=region, view="table"
        )
    )
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


def _widget(kind: str, x: int, y: int, width: int, height: int, **properties: object) -> Body:
    return {"type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties}


def _metric(signal: Signal) -> Metric:
    return signal.metric if isinstance(signal, Alarm) else signal


def _by_metric(signals: Sequence[Signal]) -> list[tuple[str, list[Signal]]]:
    """The signals by the names of their metrics, which keep the order in which they first come."""
    order = list(dict.fromkeys(_metric(signal).name for signal in signals))
    ranked = sorted(signals, key=lambda signal: order.index(_metric(signal).name))
    return [(name, list(group)) for name, group in groupby(ranked, key=lambda signal: _metric(signal).name)]


def _graph(name: str, signals: Sequence[Signal], region: str) -> dict[str, object]:
    thresholds = sorted({signal.threshold for signal in signals if isinstance(signal, Alarm) and signal.threshold})
    return {
        "title": f"{name} ({_metric(signals[0]).statistic})",
        "metrics": [_line(_metric(signal)) for signal in signals],
        "region": region,
        "period": 60,
        **({"annotations": {"horizontal": [{"value": value} for value in thresholds]}} if thresholds else {}),
    }


def _line(metric: Metric) -> list[object]:
    dimensions = [part for pair in metric.dimensions.items() for part in pair]
    return [metric.namespace, metric.name, *dimensions, {"stat": metric.statistic}]


def _query(log_groups: Sequence[str]) -> str:
    sources = " | ".join(f"SOURCE '{group}'" for group in log_groups)
    return (
        f"{sources} | filter correlation_id = '{CORRELATION_ID}' | sort @timestamp asc "
        "| display @timestamp, service, level, message, route, status, @log"
    )

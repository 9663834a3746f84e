"""What a load costs by the counts of the local AWS's meter."""

import json
from pathlib import Path

import pytest

from cost import meter
from cost.estimate import price
from cost.resources import Resource, Stack
from cost.tables import CostError
from tests.cost.stacks import PRICES, one

FUNCTION = one("aws:lambda/function:Function", name="f", architectures=["arm64"])
STACK = Stack(
    (
        Resource(FUNCTION.type, "f", ("function",), {**FUNCTION.inputs, "name": "blog-dev-f"}, FUNCTION.region),
        Resource("aws:apigatewayv2/api:Api", "api", ("http_api",), {}, "eu-central-1", id="abc"),
        Resource("aws:sqs/queue:Queue", "q", ("imports",), {"name": "blog-dev-q"}, "eu-central-1"),
        Resource(
            "aws:dynamodb/table:Table",
            "t",
            ("table",),
            {"name": "blog-dev-t", "billingMode": "PAY_PER_REQUEST"},
            "eu-central-1",
        ),
    )
)
COUNTS: meter.Counts = {
    "function": {"blog-dev-f": {"invocations": 1_000_000, "gb-seconds": 50_000}, "other-f": {"invocations": 9e9}},
    "api": {"abc": {"requests": 1_000_000, "response-bytes": 10 * 1024**3}},
    "queue": {"blog-dev-q": {"requests": 1_000_000}},
    "table": {"blog-dev-t": {"writes": 1_000_000, "reads": 1_000_000}},
}


def test_a_load_costs_what_was_counted_of_the_resources_of_the_stack():
    made = price({"load": meter.items(COUNTS, STACK)}, PRICES)
    assert {name: round(by["load"], 4) for name, by in made.components.items()} == {
        "function": round(0.20 + 50_000 * 0.0000133334, 4),
        "http_api": round(1.20 + 10 * 0.09, 4),
        "imports": 0.40,
        "table": round(0.7625 + 0.1525, 4),
    }


def test_units_of_a_table_with_provisioned_capacity_and_calls_of_warm_functions_have_their_own_prices():
    table = Resource("aws:dynamodb/table:Table", "t", (), {"name": "blog-dev-t", "billingMode": "PROVISIONED"}, "x")
    assert meter.items(COUNTS, Stack((table,))) == []
    function = Resource(FUNCTION.type, "f", (), {"name": "blog-dev-f"}, "eu-central-1")
    kind = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
    warm = Resource(kind, "w", (), {"functionName": "blog-dev-f"}, "eu-central-1")
    assert [item.price for item in meter.items(COUNTS, Stack((function, warm)))] == [
        "lambda.provisioned-request",
        "lambda.provisioned-duration.x86_64",
    ]


def test_what_an_earlier_reading_had_is_taken_off_unless_the_meter_began_anew():
    before = {"queue": {"q": {"requests": 10.0}}}
    assert meter.since({"queue": {"q": {"requests": 25.0}}}, before) == {"queue": {"q": {"requests": 15.0}}}
    assert meter.since({"queue": {"q": {"requests": 4.0}}}, before) == {"queue": {"q": {"requests": 4.0}}}
    assert meter.since({"queue": {"r": {"requests": 4.0}}}, before) == {"queue": {"r": {"requests": 4.0}}}


def test_a_meter_that_has_written_nothing_is_refused_with_what_starts_it(tmp_path: Path):
    with pytest.raises(CostError, match="`make up` starts the local AWS"):
        meter.read(tmp_path / "meter.json")
    (tmp_path / "meter.json").write_text(json.dumps(COUNTS))
    assert meter.read(tmp_path / "meter.json") == COUNTS

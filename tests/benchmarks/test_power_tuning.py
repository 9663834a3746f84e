"""Measuring the memory sizes of a function, on a stand-in for Lambda that needs the time that it is told to."""

import base64
import io
import json
from typing import Any

import pytest

from benchmarks.power_tuning import Measure, TuningError, billed, curve, tune
from cost import tables

PRICES = tables.prices()


class Lambda:
    """A function whose calls take less time with more memory, and the waiter for its changes."""

    def __init__(self, *, fails: bool = False) -> None:
        self.memory = [512]
        self.calls = 0
        self.fails = fails

    def get_function_configuration(self, **_: Any) -> dict[str, Any]:
        return {"MemorySize": self.memory[-1], "Architectures": ["arm64"]}

    def update_function_configuration(self, **given: Any) -> None:
        self.memory.append(given["MemorySize"])

    def get_waiter(self, name: str) -> "Lambda":
        assert name == "function_updated_v2"
        return self

    def wait(self, **_: Any) -> None:
        """It is ready at once."""

    def invoke(self, **_: Any) -> dict[str, Any]:
        self.calls += 1
        log = f"REPORT RequestId: x\tBilled Duration: {51200 // self.memory[-1]} ms"
        failure = {"FunctionError": "Unhandled"} if self.fails else {}
        return {"LogResult": base64.b64encode(log.encode()).decode(), "Payload": io.BytesIO(b"boom"), **failure}


def test_each_size_is_measured_by_what_is_billed_and_priced():
    measures = tune(Lambda(), "f", sizes=[128, 1024], calls=3, event={}, prices=PRICES)
    assert [(one.memory, one.milliseconds) for one in measures] == [(128, 400), (1024, 50)]
    assert measures[0].dollars == pytest.approx(0.20 + 0.4 * 0.125 * 13.3334)


def test_the_call_that_starts_an_instance_does_not_count():
    client = Lambda()
    tune(client, "f", sizes=[128, 256], calls=3, event={}, prices=PRICES)
    assert client.calls == 2 * (1 + 3)
    assert client.memory == [512, 128, 256, 512]


def test_the_memory_is_put_back_when_the_function_fails_on_the_event():
    client = Lambda(fails=True)
    with pytest.raises(TuningError, match="f failed on the event: boom; give one that it answers"):
        tune(client, "f", sizes=[128], calls=1, event={}, prices=PRICES)
    assert client.memory == [512, 128, 512]


def test_the_billed_time_is_read_from_a_log_of_text_or_of_json():
    assert billed("REPORT RequestId: x\tDuration: 1.2 ms\tBilled Duration: 2 ms") == 2
    assert billed(json.dumps({"record": {"metrics": {"billedDurationMs": 3}}})) == 3
    assert billed('{"message": "answered"}') is None


def test_the_curve_names_the_cheapest_and_the_fastest_size():
    drawn = curve([Measure(128, 400, 0.9), Measure(512, 100, 0.8), Measure(1024, 60, 1.0)])
    assert drawn.splitlines()[-1] == "cheapest: 512 MB; fastest: 1024 MB"
    assert [line.count("#") for line in drawn.splitlines()[1:4]] == [30, 8, 4]
    assert [line.count("$") for line in drawn.splitlines()[1:4]] == [27, 24, 30]

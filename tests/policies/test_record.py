"""The record that rules read, given values of the wrong kind."""

from typing import Any

import pytest

from serverless_guard.record import Block, MalformedError


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 10**400, "inf", "1e999", "²", "x", True, [], {}])
def test_what_is_no_number_is_named(value: Any):
    with pytest.raises(MalformedError, match=r"^ingress\[0\]\.fromPort is not a number$"):
        Block({"ingress": [{"fromPort": value}]}).blocks("ingress")[0].number("fromPort")


@pytest.mark.parametrize(("value", "number"), [(443, 443), (1.5, 1.5), ("443", 443.0), (None, None)])
def test_a_number_may_be_a_text(value: Any, number: float | None):
    assert Block({"port": value}).number("port") == number

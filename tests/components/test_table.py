"""What the table lets functions do."""

import pytest

from components.table import AccessPattern


def test_a_pattern_that_names_keys_is_bound_to_them() -> None:
    pattern = AccessPattern(actions=("GetItem",), leading_keys="USER#*")
    assert pattern.conditions == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USER#*"]}}


def test_a_pattern_that_names_no_key_is_bound_to_attributes_and_may_not_ask_for_all() -> None:
    pattern = AccessPattern(actions=("Scan",), attributes=("SK",))
    assert pattern.conditions == {
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["SK"]},
        "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
    }


def test_a_pattern_bound_to_nothing_is_refused_with_the_fix() -> None:
    with pytest.raises(ValueError, match="with Scan is open to the whole table; give it leading_keys"):
        AccessPattern(actions=("Scan",))

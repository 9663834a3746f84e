"""Parameters as functions read them: seldom, and never at a request's expense."""

from typing import Any, cast

import boto3
import pytest
from botocore.stub import Stubber

from blog.parameters import Parameter

NAME = "/blog-test/page-size"


class Store:
    """Parameter Store, with the answers that it will give, in order, and a clock that the tests move."""

    def __init__(self) -> None:
        client = cast("Any", boto3).client("ssm")  # whose stubs are not installed
        self.stub = Stubber(client)
        self.stub.activate()
        self.now = 1000.0
        self.parameter = Parameter(client, NAME, default=20, seconds=lambda: self.now)

    def answers(self, text: str) -> None:
        self.stub.add_response("get_parameter", {"Parameter": {"Value": text}}, {"Name": NAME})

    def refuses(self, code: str) -> None:
        self.stub.add_client_error("get_parameter", code)


@pytest.fixture
def store() -> Store:
    return Store()


def test_asks_once_in_five_minutes(store: Store) -> None:
    store.answers("50")
    assert [store.parameter.number(), store.parameter.number()] == [50, 50]
    store.now += 299
    assert store.parameter.number() == 50
    store.answers("10")
    store.now += 1
    assert store.parameter.number() == 10
    store.stub.assert_no_pending_responses()


def test_the_default_serves_until_the_first_answer_and_the_service_is_left_alone_for_a_while(store: Store) -> None:
    store.refuses("ParameterNotFound")
    assert [store.parameter.number(), store.parameter.number()] == [20, 20]
    store.answers("50")
    store.now += 30
    assert store.parameter.number() == 50
    store.stub.assert_no_pending_responses()


@pytest.mark.parametrize("trouble", ["ThrottlingException", "many"])
def test_the_last_number_goes_on_serving_when_the_next_is_not_to_be_had(store: Store, trouble: str) -> None:
    store.answers("50")
    store.parameter.number()
    store.now += 300
    if trouble == "many":
        store.answers(trouble)
    else:
        store.refuses(trouble)
    assert store.parameter.number() == 50
    store.stub.assert_no_pending_responses()

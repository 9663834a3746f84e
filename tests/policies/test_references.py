"""Who points at whom: the index answers as a look at each pair does."""

from itertools import product

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Block, Resource
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import subject

QUEUE, POLICY = "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"
ALIAS, FUNCTION = "aws:lambda/alias:Alias", "aws:lambda/function:Function"
EVENTS = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"


def resource(kind: str, name: str, props: dict[str, object], **depends: str) -> Resource:
    urns = {path: frozenset({urn}) for path, urn in depends.items()}
    return Resource(type=kind, name=name, props=Block(props), urn=f"urn:{name}", depends=urns)


def test_a_dependency_and_the_value_of_a_name_point_at_a_resource_and_nothing_else_does():
    queue, other = resource(QUEUE, "q", {"name": "jobs"}), resource(QUEUE, "o", {"name": "others"})
    by_urn = resource(POLICY, "p1", {"queueUrl": UNKNOWN}, queueUrl="urn:q")
    by_name = resource(POLICY, "p2", {"queueUrl": "jobs"})
    malformed = resource(POLICY, "p3", {"queueUrl": 7})
    stack = Program((other, by_name, malformed, by_urn, queue))
    assert stack.referring(queue, "queueUrl", POLICY) == [by_name, by_urn]
    assert stack.referring(other, "queueUrl", POLICY) == []
    assert stack.referring(queue, "queueUrl", QUEUE) == []
    assert stack.referred(by_name, "queueUrl", QUEUE) == stack.referred(by_urn, "queueUrl", QUEUE) == [queue]
    assert stack.referred(malformed, "queueUrl", QUEUE) == stack.referred(by_name, "queueUrl", POLICY) == []


def test_who_points_at_an_alias_points_at_its_function():
    function = resource(FUNCTION, "f", {})
    alias = resource(ALIAS, "a", {}, functionName="urn:f")
    config = resource(EVENTS, "c", {}, functionName="urn:a")
    stack = Program((function, alias, config))
    assert stack.refers(config, "functionName", function)
    assert stack.referring(function, "functionName", EVENTS) == [config]
    assert stack.referred(config, "functionName", FUNCTION) == [function]


def test_a_stack_of_other_resources_does_not_answer_from_the_index_of_the_first():
    queue, policy = resource(QUEUE, "q", {}), resource(POLICY, "p", {}, queueUrl="urn:q")
    first = Program((queue, policy))
    assert first.referring(queue, "queueUrl", POLICY) == [policy]
    assert Program((queue,), references=first.references).referring(queue, "queueUrl", POLICY) == []


def test_the_index_answers_as_a_look_at_each_pair_does_in_every_example_of_a_stack_rule():
    examples = [(rule, one) for rule in every_rule() if rule.stack for one in (*rule.good, *rule.bad)]
    pairs = 0
    for rule, example in examples:
        stack = subject(rule, example)
        assert isinstance(stack, Program)
        for target, source in product(stack.resources, repeat=2):
            for path in {*source.depends, *source.props.values}:
                found = stack.referring(target, path, source.type)
                assert any(one is source for one in found) is stack.refers(source, path, target)
                pointed = stack.referred(source, path, target.type)
                assert any(one is target for one in pointed) is stack.refers(source, path, target)
                pairs += stack.refers(source, path, target)
    assert pairs > 100


def test_who_takes_a_property_that_another_hands_on_points_at_the_same_resource():
    secret = resource("secret", "s", {})
    version = resource("version", "v", {}, secretId="urn:s")
    rotation = resource("rotation", "r", {}, secretId="urn:v")
    stack = Program((secret, version, rotation))
    assert stack.refers(rotation, "secretId", secret)
    assert not stack.refers(rotation, "arn", secret)
    assert stack.referring(secret, "secretId", "rotation") == [rotation]

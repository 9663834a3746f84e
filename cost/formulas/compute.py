"""Lambda, https://aws.amazon.com/lambda/pricing/."""

from collections.abc import Iterator

from cost.charges import SECONDS, Charge, Formula
from cost.resources import Resource, Stack
from cost.tables import EVERYWHERE, CostError, Prices
from cost.usage import Usage

FUNCTION = "aws:lambda/function:Function"
PROVISIONED = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"

POLLS_PER_MONTH = 5 * SECONDS / 20
"""Lambda asks an idle queue by five long polls of 20 seconds,
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html."""

FREE_STORAGE_MB = 512
UNPRICED_SNAPSHOTS = ("java",)
"""SnapStart costs nothing for the runtimes whose names begin so."""


def call_dollars(memory: float, architecture: str, milliseconds: float, prices: Prices) -> float:
    """What a call of a function costs in US dollars, by its memory in MB; Lambda's prices are the same everywhere."""
    second = memory / 1024 * prices.unit(EVERYWHERE, f"lambda.gb-second.{architecture}")
    return prices.unit(EVERYWHERE, "lambda.request") + milliseconds / 1000 * second


def _architecture(one: Resource) -> str:
    return next(iter(one.items("architectures")), "x86_64")


def _gigabytes(one: Resource) -> float:
    return one.number("memorySize", 128) / 1024


def _function(one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    kind = "provisioned-duration" if any(one in _served(each, stack) for each in stack.of_type(PROVISIONED)) else None
    seconds = usage["function.invocations"] * usage["function.milliseconds"] / 1000
    yield Charge("lambda.provisioned-request" if kind else "lambda.request", usage["function.invocations"])
    yield Charge(f"lambda.{kind or 'gb-second'}.{_architecture(one)}", seconds * _gigabytes(one))
    storage = one.block("ephemeralStorage").get("size", FREE_STORAGE_MB)
    if isinstance(storage, (int, float)) and storage > FREE_STORAGE_MB:
        yield Charge("lambda.storage-gb-second", seconds * (storage - FREE_STORAGE_MB) / 1024)


def _snapshots(one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    """A snapshot is cached as long as its version exists, and billed again by each instance that starts from it."""
    runtime = str(one.inputs.get("runtime", ""))
    if one.block("snapStart").get("applyOn") == "PublishedVersions" and not runtime.startswith(UNPRICED_SNAPSHOTS):
        yield Charge("lambda.snapshot-gb-second", usage["function.versions"] * SECONDS * _gigabytes(one))
        yield Charge("lambda.snapshot-restored-gb", usage["function.cold-starts"] * _gigabytes(one))


def _served(one: Resource, stack: Stack) -> list[Resource]:
    return stack.referred(one, "functionName", FUNCTION)


def _provisioned(one: Resource, _usage: Usage, stack: Stack) -> Iterator[Charge]:
    functions = _served(one, stack)
    if not functions:
        raise CostError("the function that it keeps warm is not among the resources, so its memory is unknown")
    gb_seconds = one.number("provisionedConcurrentExecutions") * SECONDS * _gigabytes(functions[0])
    yield Charge(f"lambda.provisioned-gb-second.{_architecture(functions[0])}", gb_seconds)


def _source(one: Resource, _usage: Usage, _stack: Stack) -> Iterator[Charge]:
    if one.inputs.get("provisionedPollerConfig"):
        raise CostError("provisioned pollers have no formula yet")
    if not one.inputs.get("startingPosition"):  # A stream has one, a queue has none.
        yield Charge("sqs.request", POLLS_PER_MONTH)


FORMULAS: dict[str, tuple[Formula, ...]] = {
    FUNCTION: (_function, _snapshots),
    PROVISIONED: (_provisioned,),
    "aws:lambda/eventSourceMapping:EventSourceMapping": (_source,),
}

"""S3 and what reads it: https://aws.amazon.com/s3/pricing/, https://aws.amazon.com/athena/pricing/."""

from collections.abc import Iterator

from cost.charges import Charge, Formula, each
from cost.resources import Resource, Stack
from cost.usage import Usage
from cost.values import as_block, as_items

BUCKET = "aws:s3/bucket:Bucket"
LIFECYCLES = (
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
)


def _classes(one: Resource, stack: Stack) -> list[str]:
    """The storage classes that a bucket's objects age into, in their order."""
    same = [each for each in stack.of_type(*LIFECYCLES) if each.parent == one.parent and one.parent]
    named = [each for each in stack.of_type(*LIFECYCLES) if each.inputs.get("bucket") == one.inputs.get("bucket")]
    steps = [
        as_block(step)
        for each in (named or same)
        for rule in each.items("rules")
        for step in as_items(as_block(rule).get("transitions"))
    ]
    return list(dict.fromkeys(str(step.get("storageClass")) for step in steps))


def _bucket(one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    """What is new is in the standard class; what has aged is in the classes of the bucket's lifecycle."""
    aged = usage["bucket.aged-gb"], usage["bucket.archived-gb"]
    classes = [*_classes(one, stack), "STANDARD", "STANDARD"][:2]
    yield Charge("s3.gb-month.STANDARD", usage["bucket.gb"])
    for gigabytes, storage in zip(aged, classes, strict=True):
        yield Charge(f"s3.gb-month.{storage}", gigabytes)
        if storage != "STANDARD":
            yield Charge(f"s3.transition.{storage}", usage["bucket.transitions"])
    yield Charge("s3.write-request", usage["bucket.writes"])
    yield Charge("s3.read-request", usage["bucket.reads"])


FORMULAS: dict[str, tuple[Formula, ...]] = {
    BUCKET: (_bucket,),
    "aws:s3/bucketV2:BucketV2": (_bucket,),
    "aws:athena/workgroup:Workgroup": (each("athena.gb-scanned", "archive.scanned-gb"),),
}

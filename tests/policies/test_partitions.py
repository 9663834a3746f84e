"""The partitions and regions of the library, against those that AWS publishes in botocore."""

from botocore.session import Session

from serverless_guard.iam.partitions import PARTITIONS


def test_they_are_those_of_botocore():
    published = Session().get_data("partitions")["partitions"]
    assert {
        one["id"]: frozenset(name for name in one["regions"] if not name.endswith("-global")) for one in published
    } == PARTITIONS

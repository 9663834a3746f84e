"""The IAM evaluator against judges that do not share its code, on random policies and requests.

`python -m tests.policies.proof CASES` runs the same with more cases and another seed.
"""

from collections import Counter

from tests.policies.proof import enumeration, local_aws, subject
from tests.policies.proof.cases import cases
from tests.policies.proof.compare import compare_grants, compare_requests

REQUESTS, DOCUMENTS = 20_000, 120


def test_single_requests_are_decided_as_both_judges_do():
    found = compare_requests(seed=1, count=REQUESTS)
    assert found.decisions.total() == REQUESTS
    assert min(found.decisions[one] for one in ("Allow", "Deny", "ImplicitDeny")) > REQUESTS / 20
    assert found.unlike_enumeration == []
    assert found.unexplained == []
    assert set(found.explained) == set(local_aws.CLASSES)


def test_what_documents_allow_is_told_by_their_grants_for_every_resource_and_context():
    found = compare_grants(seed=1, count=DOCUMENTS)
    assert found.missed == []
    assert len(found.wider) <= DOCUMENTS / 10
    assert found.undecided <= DOCUMENTS / 10


def test_the_judges_tell_a_wrong_decision_from_a_right_one():
    every = list(cases(seed=2, count=200))
    flipped = ["Allow" if subject.decision(one) != "Allow" else "Deny" for one in every]
    assert Counter(a == enumeration.judge(b) for a, b in zip(flipped, every, strict=True)) == {False: 200}

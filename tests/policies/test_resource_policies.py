"""The table of resource policies against the SDK: no type that takes a policy is forgotten."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from serverless_guard.iam.resource_policies import EXCEPTIONS, LOCATIONS

NESTED = {"aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": "details.policy"}
TYPE = re.compile(r"super\(\w+, __self__\)\.__init__\(\s*'(aws:[^']+)'")
INPUT = re.compile(r'@pulumi.getter(?:\(name="(\w+)"\))?\n(?:\s+@.*\n)*\s+def (\w+)\(self\) -> (.*?):\n')
POLICY = re.compile(r"(polic(y|ies)|documents?)$", re.IGNORECASE)


def inputs() -> Iterator[tuple[str, str]]:
    """Yield the types of the SDK with their inputs that are texts and called policies or documents."""
    spec = find_spec("pulumi_aws")
    assert spec
    assert spec.origin
    for file in sorted(Path(spec.origin).parent.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if found := TYPE.search(text):
            for name, attribute, kind in INPUT.findall(text.split("@pulumi.input_type\nclass _", 1)[0]):
                if POLICY.search(name or attribute) and "_builtins.str" in kind and "Sequence" not in kind:
                    yield found[1], name or attribute


def test_every_input_that_looks_like_a_policy_is_in_the_table_or_has_a_reason():
    known = {(kind, path) for kind, paths in LOCATIONS.items() for path in paths}
    excepted = {tuple(one.rsplit(".", 1)) for one in EXCEPTIONS}
    found = set(inputs())
    assert len(found) > 100
    assert sorted(found - known - excepted) == []
    assert known - found == set(NESTED.items())
    assert sorted(excepted - found) == []
    assert all(EXCEPTIONS.values())

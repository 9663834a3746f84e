"""Compare the evaluator with its judges at any size: `python -m tests.policies.proof CASES [SEED]`."""

import sys

from tests.policies.proof.compare import compare_grants, compare_requests


def main(count: int, seed: int) -> int:
    requests, grants = compare_requests(seed, count), compare_grants(seed, count // 100)
    print(f"{count} requests: {dict(requests.decisions)}")
    print(f"  {len(requests.unlike_enumeration)} decided otherwise by enumeration")
    print(f"  {len(requests.unexplained)} decided otherwise by the local AWS without a reason; with one:")
    for name, number in requests.explained.most_common():
        print(f"    {number:5} {name}")
    print(f"{count // 100} sets of documents by the solver: {len(grants.missed)} with a request that no grant tells of")
    print(f"  {len(grants.wider)} with a grant that is wider than the documents, {grants.undecided} given up")
    wrong = [*requests.unlike_enumeration, *requests.unexplained, *grants.missed]
    print(*wrong[:3], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 100_000, int(sys.argv[2]) if sys.argv[2:] else 1))

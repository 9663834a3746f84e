"""Patterns that stand for everything, however they are spelt.

`*`, `**` and `*:*` all allow every action, `iam:*`, `iam:?*` and `i?m:**` every action of IAM. A pattern stands for
every action of a service when it matches each of them in the Service Authorization Reference.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from serverless_guard.iam.actions import Action, covers_all, expand, of_service

LEAST_NAME = 2
"""Characters of the shortest prefix of a service, such as `s3`; every action has more."""
HALF_THE_ALPHABET = 13


def is_every_action(pattern: str) -> bool:
    """Tell whether an action pattern stands for every action of every service."""
    service, _, name = pattern.partition(":")
    return not pattern.strip("*?:") and all(
        not part or (part.count("?") <= LEAST_NAME and "*" in part) for part in (service, name)
    )


@lru_cache(maxsize=4096)
def whole_services(pattern: str) -> tuple[str, ...]:
    """Give the services of which an action pattern stands for every action; none for one that names all services."""
    service, colon, name = pattern.partition(":")
    if not colon or not {"*", "?"} & set(name) or is_every_action(pattern):
        return ()
    if not {"*", "?"} & set(service) and not name.strip("*"):
        return (service.lower(),)
    matched = Counter(action.service for action in expand(pattern))
    return tuple(prefix for prefix, count in matched.items() if count == len(of_service(prefix)))


def stands_for_all_of(pattern: str, service: str) -> bool:
    """Tell whether an action pattern stands for every action of a service, as those of all services do too."""
    return is_every_action(pattern) or service in whole_services(pattern)


def cover_all_together(action: Action, resources: Iterable[str]) -> bool:
    """Tell whether patterns that each fix one more character stand for every resource together.

    `secret:a*`, `secret:b*` and so on to `secret:z*` name all secrets, as half of the alphabet nearly does.
    """
    beginnings: defaultdict[str, set[str]] = defaultdict(set)
    for stem, character in _one_more_character(resources):
        beginnings[stem].add(character.lower())
    return any(
        len(characters) >= HALF_THE_ALPHABET and covers_all(action, f"{stem}*")
        for stem, characters in beginnings.items()
    )


def _one_more_character(resources: Iterable[str]) -> Iterator[tuple[str, str]]:
    for resource in resources:
        name = resource.rstrip("*?")
        if name != resource and name[-1:].isalnum():
            yield name[:-1], name[-1]

"""Reads the YAML files of a pack, and refuses what YAML lets pass in silence: a key that stands twice."""

from collections.abc import Iterator
from typing import Any, Final, cast

import yaml

LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, in C where PyYAML has it."""


class YamlFileError(Exception):
    """A file is not YAML, or a mapping in it has a key twice; the message names the file and the line."""


def parse(text: str, name: str) -> tuple[object, tuple[int, ...]]:
    """Read a YAML file.

    Args:
        text: Its content.
        name: Its name, for errors.

    Returns:
        The content, and the lines on which the items of the outermost list or mapping begin.

    Raises:
        YamlFileError: It is not YAML, or a key stands twice in one mapping.
    """
    loader = LOADER(text)
    try:
        root = cast("yaml.Node | None", loader.get_single_node())
        if root is None:
            return None, ()
        for key, first, again in _duplicates(root, set()):
            raise YamlFileError(
                f"{name}, line {again}: {key} stands there again, after line {first}; YAML would take the last one only"
            )
        return loader.construct_document(root), tuple(_line(item) for item in _items(root))
    except yaml.YAMLError as error:
        raise YamlFileError(f"{name} is not YAML: {error}") from None
    finally:
        loader.dispose()


def _duplicates(node: yaml.Node, seen: set[int]) -> Iterator[tuple[str, int, int]]:
    """Yield each key that a mapping has twice, with both lines; an anchored node is looked at once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        lines: dict[tuple[str, str], int] = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                mark = (key.tag, str(key.value))
                if mark in lines:
                    yield mark[1], lines[mark], _line(key)
                lines[mark] = _line(key)
            yield from _duplicates(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _duplicates(item, seen)


def _items(root: yaml.Node) -> list[yaml.Node]:
    if isinstance(root, yaml.MappingNode):
        return [key for key, _ in root.value]
    return list(root.value) if isinstance(root, yaml.SequenceNode) else []


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1

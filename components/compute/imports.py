"""Finds the files that a function imports, so that its package holds these and a change of another deploys nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path


def imported_files(module: str, sources: Path) -> list[Path]:
    """List the files of a module and of all that it imports from the same folder, at any depth, sorted.

    Imports for type checkers alone (`if TYPE_CHECKING:`) are left out, imports within functions are not, nor is
    `import_module` with a literal name. Data files of an imported package, those that are no Python, belong to it.

    Args:
        module: A module in `sources`.
        sources: The folder that is the root of the imports.

    Raises:
        FileNotFoundError: There is no such module.
        SyntaxError: A file is no Python.
    """
    found: dict[Path, None] = {}
    waiting = [sources / f"{module}.py"]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found[file] = None
        if file.suffix != ".py":
            continue
        for name in _names(ast.parse(file.read_bytes(), file), _package(file, sources)):
            waiting += _files(name, sources)
    return sorted(found)


def _names(tree: ast.AST, package: str) -> Iterator[str]:
    """The names that a module imports; one that `from` takes may be a module or not."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for other in node.orelse:
                yield from _names(ast.Module([other], []), package)
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join(filter(None, [*above, node.module]))
            yield from (base, *(f"{base}.{alias.name}" for alias in node.names))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            yield from (str(arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant))
        yield from _names(node, package)


def _package(file: Path, sources: Path) -> str:
    return ".".join(file.relative_to(sources).parent.parts)


def _files(name: str, sources: Path) -> Iterator[Path]:
    """The files that importing a name reads: its module, and each package on the way with its data files."""
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        place = sources.joinpath(*parts[:depth])
        if place.with_suffix(".py").is_file():
            yield place.with_suffix(".py")
        elif (place / "__init__.py").is_file():
            yield place / "__init__.py"
            yield from (file for file in place.iterdir() if _is_data(file))


def _is_data(file: Path) -> bool:
    return file.is_file() and file.suffix not in (".py", ".pyc") and not file.name.startswith(".")

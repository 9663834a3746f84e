"""The types that the stand-in knows: a file for each module of `pulumi_aws`, a declaration for each type."""

import functools
import importlib
import pkgutil

from local.provider.interface import ProviderError
from local.provider.resource import ResourceType


def resource_type(token: str) -> ResourceType:
    """The declaration of a type, by its token, such as `aws:dynamodb/table:Table`.

    Raises:
        ProviderError: There is none.
    """
    module = token.split(":")[1].split("/", maxsplit=1)[0]
    declared = _declared(module)
    if token not in declared:
        raise ProviderError(
            f"the stand-in for the AWS plugin does not know the type {token}: declare it in "
            f"local/provider/services/{_file(module)}.py, or install the real plugin"
        )
    return declared[token]


def all_types() -> list[ResourceType]:
    """Every type that is declared."""
    return [type_ for module in pkgutil.iter_modules(__path__) for type_ in _declared(module.name).values()]


@functools.cache
def _declared(module: str) -> dict[str, ResourceType]:
    if _file(module) not in {file.name for file in pkgutil.iter_modules(__path__)}:
        return {}
    declarations = vars(importlib.import_module(f"{__name__}.{_file(module)}")).values()
    return {value.token: value for value in declarations if isinstance(value, ResourceType)}


def _file(module: str) -> str:
    return "lambda_" if module == "lambda" else module

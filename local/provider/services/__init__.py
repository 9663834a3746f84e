"""The types that the stand-in knows, a short declaration each.

The types of a module of `pulumi_aws` are in the file of the same name, or in files whose names begin with it.
"""

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
            f"local/provider/services/{module}.py, or install the real plugin"
        )
    return declared[token]


def all_types() -> list[ResourceType]:
    """Every type that is declared."""
    modules = {file.name.split("_")[0] for file in pkgutil.iter_modules(__path__)}
    return [type_ for module in sorted(modules) for type_ in _declared(module).values()]


@functools.cache
def _declared(module: str) -> dict[str, ResourceType]:
    files = [file.name for file in pkgutil.iter_modules(__path__) if file.name.split("_")[0] == module]
    declarations = [vars(importlib.import_module(f"{__name__}.{file}")).values() for file in files]
    return {value.token: value for values in declarations for value in values if isinstance(value, ResourceType)}

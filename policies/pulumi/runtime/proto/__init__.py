"""The SDK's package without what it imports, as `pulumi` around it."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)

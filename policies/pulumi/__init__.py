"""The SDK's package without what it imports: of it, the pack wants only the messages of the engine's protocol.

The engine starts a pack by `python -m pulumi.policy` in the pack's folder, where Python finds this package first. The
SDK's own imports the whole SDK before it runs the folder: a third of the time that the pack would then take to start.
Where Python finds that one (PYTHONSAFEPATH), the pack works all the same. All other modules come from the SDK.
"""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)

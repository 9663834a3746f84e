"""How a pack starts.

The `__main__.py` of a pack needs three lines, in a folder of any name with a `PulumiPolicy.yaml`:

    from pathlib import Path
    from serverless_guard.pack import Pack, run
    run(Pack(Path(__file__).parent))
"""

import gc
import re
import sys
from collections.abc import Sequence

from serverless_guard.pack_files import Pack

__all__ = ["Pack", "run"]


def run(pack: Pack) -> None:
    """Start a pack, from the `__main__.py` of its folder; it does not return.

    The engine starts it with its own address as the argument and is served; people give a command, as in
    `python packs/company check stack.json`.
    """
    if not is_started_by_engine(sys.argv[1:]):
        from serverless_guard.cli import main  # noqa: PLC0415  the engine's start needs none of it

        sys.exit(main(sys.argv[1:], pack))
    gc.disable()  # a tenth of the start; a pack keeps what it reads until the program ends, so there is no garbage
    from serverless_guard.installed import require_pulumi  # noqa: PLC0415  after the collector is off

    require_pulumi()
    from serverless_guard.enforcement import EnforcementError  # noqa: PLC0415
    from serverless_guard.server import serve  # noqa: PLC0415  an older SDK cannot import it

    try:
        serve(pack)
    except EnforcementError as error:
        sys.exit(str(error))


def is_started_by_engine(arguments: Sequence[str]) -> bool:
    """Tell whether the engine starts the pack: the first argument that is no flag is then an address.

    Source: pulumi/pulumi, pkg/resource/plugin/analyzer_plugin.go, `NewPolicyAnalyzer`.
    """
    words = [one for one in arguments if not one.startswith("-")]
    return bool(words) and re.fullmatch(r"[^/\\]*:\d+", words[0]) is not None

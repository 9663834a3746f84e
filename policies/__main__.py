"""This project's pack: the engine runs the folder, people the package (`python -m policies list`)."""

from pathlib import Path

from serverless_guard.pack import Pack, run

run(Pack(Path(__file__).parent, name="serverless-blog"))

"""Entry of the pack: the engine runs the folder as a script, people the package (`python -m policies list`)."""

from pathlib import Path

from serverless_guard.pack import Pack, run

if __name__ == "__main__":
    run(
        Pack(Path(__file__).parent.resolve(), name="serverless-blog", version="0.1.0"),
        command=bool(__package__),
    )

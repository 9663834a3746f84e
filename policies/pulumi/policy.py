"""What the engine runs to start the pack: the entry of the folder, which is the current one."""

import runpy

if __name__ == "__main__":
    runpy.run_path(".", run_name="__main__")

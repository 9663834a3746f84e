"""What the emulator of AWS is started with beside itself. It runs in the emulator's Python, not in the program's."""

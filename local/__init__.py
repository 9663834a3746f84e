"""The AWS on the laptop: engine, emulator and the stand-in of the AWS plugin. The program knows of none of them."""

"""The command line: options in, exit code out. Each command is a file, loaded when it is asked for.

`group` and the commands are click's; `quick` reads a plain `assess` without it. Modules here do not
import each other's commands, and only what a command needs is imported.
"""

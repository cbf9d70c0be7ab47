"""Where a run begins, and its three ends: done or refused, interrupted, or a bug in tfchange."""

import contextlib
import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import NoReturn

NOBODY_READS = 1
INTERRUPTED = 130
BUG = 70


def main() -> "NoReturn":
    """The process has ended with the exit code of the run, everything written."""
    # One run is short and makes few cycles; looking for them triples the time of decoding.
    gc.disable()
    if sys.argv[1:2] == ["assess"]:
        from tfchange.lean import import_msgspec

        import_msgspec()
    code = run(sys.argv[1:])
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    # Taking a large plan apart object by object would only delay the end.
    os._exit(code)


def run(arguments: "Sequence[str]") -> int:
    """Runs one command line and returns its exit code; what went wrong stands on stderr."""
    from tfchange.errors import TfchangeError

    try:
        code = _plain(arguments)
        return _invoke(arguments) if code is None else code
    except TfchangeError as error:
        _say(f"tfchange: {error.message}", error.advice)
        return error.exit_code
    except KeyboardInterrupt:
        _say("\ntfchange: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return NOBODY_READS
    except ModuleNotFoundError as error:
        return _missing(error)
    except Exception as error:
        _say(*_report(error))
        return BUG


def _plain(arguments: "Sequence[str]") -> int | None:
    if arguments[:1] != ["assess"]:
        return None
    from tfchange.cli import quick

    return quick.run(arguments[1:])


def _invoke(arguments: "Sequence[str]") -> int:
    import click

    from tfchange.cli.group import cli

    try:
        result = cli.main(list(arguments), prog_name="tfchange", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        _say("tfchange: interrupted")
        return INTERRUPTED
    except SystemExit:
        # This is how click says that whoever read our output is gone, as `head` is.
        return NOBODY_READS
    return result if isinstance(result, int) else 0


def _missing(error: ModuleNotFoundError) -> int:
    """The exit code, once it is said which module is not there."""
    name = error.name or "tfchange"
    home = name.partition(".")[0]
    if home == "tfchange":
        _say(*_report(error))
        return BUG
    whole = "Install tfchange with all that it requires: pip install tfchange"
    advice = "Use a Python that has it." if home in sys.stdlib_module_names else whole
    _say(f"tfchange: it needs the module {name}, which is not installed", advice)
    return 1


def _report(error: Exception) -> tuple[str, ...]:
    # Neither the message nor any value: both may quote the plan.
    from tfchange import __version__

    return (
        "tfchange: this is a bug in tfchange.",
        f"  {type(error).__name__} in tfchange {__version__}, Python {sys.version.split()[0]}",
        *_frames(error.__traceback__),
        "Please report these lines; they hold nothing of your plan.",
    )


def _frames(trace: "TracebackType | None") -> list[str]:
    home = os.path.dirname(__file__)  # as it was found, which is how frames name their files
    lines = []
    while trace:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith(home):
            name = os.path.relpath(code.co_filename, home).replace(os.sep, "/")
            lines.append(f"  tfchange/{name}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return lines


def _say(*lines: str) -> None:
    sys.stderr.write("".join(f"{line}\n" for line in lines if line))


if __name__ == "__main__":
    main()

"""Fuzzes one target in this process: `python -m fuzz.one NAME [OPTIONS OF LIBFUZZER] CORPUS...`."""

import sys

import atheris

with atheris.instrument_imports(include=["tfchange"]):
    # Imported where they are used, these would not be watched.
    import tfchange.plan.identify
    import tfchange.rulebook.document
    import tfchange.schema  # noqa: F401
    from fuzz.targets import TARGETS

if __name__ == "__main__":
    name = sys.argv.pop(1)
    # python-hcl2 compiles its grammar the first time, which would look like an input that hangs.
    TARGETS["source"](b"locals {\n}\n")
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()

"""Other versions of Python on this machine."""

import os
import subprocess
import sys
from pathlib import Path


def find(version: str = "") -> str:
    """A Python of that version, on the path or among those of pyenv; the one that runs, where none
    is asked for. FileNotFoundError where there is none.

    pyenv puts a script of every version on the path, and some of them only complain.
    """
    if not version:
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    named = [f"python{version}", *map(str, sorted(pyenv.glob(f"{version}*/bin/python")))]
    found = next(filter(_answers, named), None)
    if found is None:
        raise FileNotFoundError(f"there is no Python {version} with venv here")
    return found


def _answers(python: str) -> bool:
    try:
        done = subprocess.run([python, "-c", "import ensurepip"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0

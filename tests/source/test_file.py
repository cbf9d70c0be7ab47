"""Plans are opened wherever they are, and what cannot be opened is named."""

import gzip
import io
import os
import sys
import threading
from mmap import mmap
from pathlib import Path

import pytest

from tfchange.errors import SourceError
from tfchange.source.file import find_plans, open_plan


class Input(io.TextIOWrapper):
    """Standard input that holds given bytes, or stands for a terminal."""

    terminal = False

    def isatty(self) -> bool:
        return self.terminal


def test_a_small_file_is_read_and_a_large_one_mapped(tmp_path: Path) -> None:
    """Either way the bytes are those of the file, an empty one included."""
    for size in (0, 10, 2 << 20):
        file = tmp_path / "plan.json"
        file.write_bytes(b"x" * size)
        name, buffer = open_plan(str(file))
        assert name == str(file)
        assert bytes(buffer) == b"x" * size
        assert isinstance(buffer, mmap) == (size > 1 << 20)


def test_compressed_bytes_are_left_to_whoever_names_them(tmp_path: Path) -> None:
    """A file that is no zip is handed on as it is, since the decoder knows what it is."""
    file = tmp_path / "plan.json.gz"
    file.write_bytes(gzip.compress(b"{}"))
    assert bytes(open_plan(str(file))[1][:2]) == b"\x1f\x8b"


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    """A plan can come from process substitution, which is a pipe with a name."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"{}",))
    writer.start()
    assert open_plan(str(pipe)) == (str(pipe), b"{}")
    writer.join()


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is the plan on standard input, byte for byte."""
    monkeypatch.setattr(sys, "stdin", Input(io.BytesIO(b"\xff\xfe{\x00")))
    assert open_plan("-") == ("-", b"\xff\xfe{\x00")


def test_a_terminal_or_closed_standard_input_is_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of waiting for somebody to type a plan, tfchange says how to pipe one."""
    terminal = Input(io.BytesIO())
    terminal.terminal = True
    for stdin in (terminal, None):
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(SourceError) as fault:
            open_plan("-")
        assert "terraform show -json PLANFILE | tfchange assess -" in fault.value.advice


def test_what_does_not_exist_is_named_with_the_command_that_makes_it() -> None:
    """The advice can be pasted into a shell, also for names with spaces."""
    with pytest.raises(SourceError, match=r"no such/plan\.json does not exist") as fault:
        open_plan("no such/plan.json")
    assert fault.value.advice.endswith("> 'no such/plan.json'")
    with pytest.raises(SourceError, match="does not exist"):
        open_plan("a\0b")


def test_a_folder_is_not_a_plan(tmp_path: Path) -> None:
    """A folder opened as a plan is named as one."""
    with pytest.raises(SourceError, match="is a folder, not a plan file"):
        open_plan(str(tmp_path))


@pytest.mark.parametrize(
    ("fault", "words", "advice"),
    [
        (PermissionError(13, "no"), "may not be read", "chmod u+r"),
        (OSError(5, "Input/output error"), "cannot be read: Input/output error", "ls -l"),
    ],
)
def test_other_faults_of_files_have_words(
    fault: OSError, words: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file without permission and a broken disk are told apart."""

    def refuse(*_: object) -> None:
        raise fault

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(SourceError, match=words) as raised:
        open_plan("plan.json")
    assert advice in raised.value.advice


def test_a_folder_stands_for_the_plans_in_it(tmp_path: Path) -> None:
    """Plans are found at any depth, sorted; hidden files, state and variables are passed over."""
    for name in (
        "b.json",
        "a/deep/c.tfplan",
        "a/plan.json",
        ".terraform/modules/modules.json",
        ".hidden.json",
        "a/main.tf.json",
        "a/x.tfvars.json",
        "notes.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    expected = [str(tmp_path / n) for n in ("a/deep/c.tfplan", "a/plan.json", "b.json")]
    assert list(find_plans([str(tmp_path)])) == expected
    assert find_plans(["x", "-", "x", "-"]) == ("x", "-")


def test_a_folder_without_plans_says_how_to_write_one(tmp_path: Path) -> None:
    """An empty folder is a mistake, not an empty assessment."""
    with pytest.raises(SourceError, match="without plan files") as fault:
        find_plans([str(tmp_path)])
    assert str(tmp_path / "plan.json") in fault.value.advice

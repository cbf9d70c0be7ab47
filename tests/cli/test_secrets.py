"""Secrets come from the environment or from a file it names, and are never quoted."""

from pathlib import Path

import pytest

from tfchange.cli.secrets import secret
from tfchange.errors import SettingsError

NAME = "TFCHANGE_JIRA_TOKEN"
MARKER = "planted-77ab"


def test_from_the_variable() -> None:
    """The variable itself counts, and nothing is an empty secret."""
    assert secret({NAME: MARKER}, NAME) == MARKER
    assert secret({}, NAME) == ""


def test_from_a_file(tmp_path: Path) -> None:
    """The file that NAME_FILE names counts, without the line break at its end."""
    file = tmp_path / "token"
    file.write_text(f"{MARKER}\n")
    assert secret({f"{NAME}_FILE": str(file)}, NAME) == MARKER


@pytest.mark.parametrize(
    ("content", "wrong"),
    [(b"", "one line"), (f"{MARKER}\n{MARKER}\n".encode(), "one line"), (b"\xff\xfe", "not text")],
)
def test_files_that_hold_something_else(tmp_path: Path, content: bytes, wrong: str) -> None:
    """A file that does not hold one line of text is refused, and not quoted."""
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=wrong) as caught:
        secret({f"{NAME}_FILE": str(file)}, NAME)
    assert MARKER not in caught.value.message + caught.value.advice


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A file that cannot be read is named by its variable."""
    with pytest.raises(SettingsError, match=f"{NAME}_FILE names: No such file"):
        secret({f"{NAME}_FILE": str(tmp_path / "none")}, NAME)


def test_both_is_one_too_many() -> None:
    """Where both are set it is not guessed which counts."""
    with pytest.raises(SettingsError, match="both set") as caught:
        secret({NAME: MARKER, f"{NAME}_FILE": "x"}, NAME)
    assert MARKER not in caught.value.message


@pytest.mark.parametrize("odd", ["a\nb", "a\r", "\x00", "\x7f", "\udcff"])
def test_what_is_no_line_of_text_is_no_secret(odd: str, tmp_path: Path) -> None:
    """Line ends, control characters and foreign bytes are refused, naming the variable alone."""
    with pytest.raises(SettingsError, match=f"the secret of {NAME} holds") as caught:
        secret({NAME: f"{MARKER}{odd}x"}, NAME)
    assert MARKER not in caught.value.message + caught.value.advice
    file = tmp_path / "secret"
    file.write_bytes(f"{MARKER}\x01x".encode())
    with pytest.raises(SettingsError, match=f"the secret of {NAME}_FILE holds"):
        secret({f"{NAME}_FILE": str(file)}, NAME)


def test_a_secret_may_be_of_any_language() -> None:
    """Passwords are sent in UTF-8, so that they may hold any letter and any space."""
    assert secret({NAME: "s\u00e9cr\u00e9t \u20ac\u00a0"}, NAME) == "s\u00e9cr\u00e9t \u20ac\u00a0"

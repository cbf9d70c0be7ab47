"""The scanner finds blocks, whatever stands in them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.source import generated
from tfchange.source.scan import Block, ScanError, blocks, body, mask, mask_template

HARD = """# resource "no" "no" {
/* resource "no" "no" {
*/
resource "aws_x" "a" {
  a = "} ${ { "}" = "${foo("}")}" } } {"
  b = <<-EOT
    } ${ join("}", ["{"]) } # {
    $${ not open
      EOT
  c = "$${" // }
  d = <<A
A
}

output o { value = 1 }   # } {
locals {}
"""


def scanned(text: str) -> tuple[list[Block], int | None]:
    """The blocks of a text and the line of the fault that ended them, if one did."""
    found: list[Block] = []
    try:
        for block in blocks(text):
            found.append(block)  # noqa: PERF402 - those before a fault count
    except ScanError as fault:
        return found, fault.line
    return found, None


def test_braces_in_strings_templates_heredocs_and_comments_do_not_count() -> None:
    """A block ends at its own brace, wherever other braces stand."""
    found = list(blocks(HARD))
    heads = [(b.kind, b.labels, b.start_line, b.end_line) for b in found]
    assert heads == [
        ("resource", ("aws_x", "a"), 4, 13),
        ("output", ("o",), 15, 15),
        ("locals", (), 16, 16),
    ]
    assert found[0].text.startswith("resource")
    assert found[0].text.endswith("A\n}")


def test_the_body_is_what_stands_between_the_braces() -> None:
    """The nested blocks of a check can be found by scanning its body."""
    check = next(blocks('check "c" {\n  data "http" "h" {\n  }\n  assert {\n  }\n}'))
    inner = [(b.kind, b.labels, b.start_line) for b in blocks(body(check), check.start_line)]
    assert inner == [("data", ("http", "h"), 2), ("assert", (), 4)]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('a {}\nresource "x" "y" {\n', 2, "block is not closed"),
        ('a {\n  b = "x\n}\n', 2, "string is not closed"),
        ("a {\n  b = <<EOT\n}\n", 3, "heredoc is not closed"),
        ("a {\n  /* b\n}\n", 2, "comment is not closed"),
        ("a {}\n\nx = 1\n", 3, "expected a block"),
        ("a {}\n}\n", 2, "expected a block"),
    ],
)
def test_a_fault_has_its_line(text: str, line: int, words: str) -> None:
    """Text that is not HCL is refused with the line where it stops to be."""
    with pytest.raises(ScanError, match=words) as fault:
        list(blocks(text))
    assert fault.value.line == line


def test_the_blocks_before_a_fault_are_found() -> None:
    """What stands before a fault is not lost."""
    found, fault_line = scanned('a {}\nb "c" {}\n}')
    assert [block.kind for block in found] == ["a", "b"]
    assert fault_line == 3


def test_crlf_and_a_missing_last_newline_are_fine() -> None:
    """Files written on Windows, and files cut off after the last brace, read alike."""
    found = list(blocks("a {\r\n  x = <<EOT\r\n}\r\nEOT\r\n}\r\nb {\r\n}"))
    assert [(b.kind, b.start_line, b.end_line) for b in found] == [("a", 1, 5), ("b", 6, 7)]


TEXT = st.text(st.sampled_from('ab ="{}#/*<\n\r\\$%~[].EOT-é(') | st.characters())


@given(TEXT)
def test_any_text_yields_blocks_or_a_fault_with_its_line(text: str) -> None:
    """No text makes the scanner fail in another way, and its lines are lines of the text."""
    found, fault_line = scanned(text)
    last = text.count("\n") + 1
    for block in found:
        assert 1 <= block.start_line <= block.end_line <= last
        assert block.text in text
    assert fault_line is None or 1 <= fault_line <= last


@given(TEXT)
def test_a_mask_is_as_long_as_its_text_and_invents_nothing(text: str) -> None:
    """Masking only ever puts spaces in place of letters."""
    for masked in (mask(text), mask_template(text)):
        assert len(masked) == len(text)
        assert all(new in (old, " ") for old, new in zip(text, masked, strict=True))


def test_a_mask_keeps_expressions_and_blanks_literals() -> None:
    """Of strings, heredocs and comments only the templates are left."""
    text = 'x = "secret${a.b}secret" # secret\ny = <<EOT\nsecret ${c.d}\nEOT\nz = "secret"'
    masked = mask(text)
    assert "secret" not in masked
    assert "${a.b}" in masked
    assert "${c.d}" in masked


@pytest.mark.parametrize(
    "part",
    ['"${', "{", "<<A\n", "/*", "a.b[", "a {\n", "%{", "[for k in ", "\\", '"', " ", "a = ", "$"],
)
def test_hostile_repetition_ends(part: str) -> None:
    """A hundred thousand of anything is refused or read, in time that grows with its length."""
    found, fault_line = scanned('a "b" {\n' + part * 100_000 + "\n}")
    assert (len(found), fault_line is None) in ((1, True), (0, False))


@settings(max_examples=40)
@given(generated.files())
def test_blocks_are_where_they_were_put(texts: list[str]) -> None:
    """The blocks of a file are the texts it was made of, on the lines they were put."""
    line, expected = 1, []
    for text in texts:
        expected.append((text, line))
        line += text.count("\n") + 2
    found = [(b.text, b.start_line) for b in blocks("\n\n".join(texts))]
    assert found == expected

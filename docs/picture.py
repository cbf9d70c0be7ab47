"""Makes docs/comment.png: docs/comment.md as GitHub's style sheet and a browser show it.

npm pack github-markdown-css && tar xzf github-markdown-css-*.tgz
python docs/picture.py package/github-markdown-light.css

It needs Chromium on PATH, which `make docs` does not; the text itself is renewed by `make docs`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from cmarkgfm import Options, github_flavored_markdown_to_html

DOCS = Path(__file__).resolve().parent
WIDTH, HEIGHT = 900, 1010
PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>{style}
body {{ margin: 16px; background: #fff; }}
.box {{ border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden; }}
.top {{ background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; color: #59636e;
  font: 14px "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }}
.top b {{ color: #1f2328; }}
.markdown-body {{ padding: 16px; font-size: 14px; }}
</style><div class="box"><div class="top"><b>github-actions</b> bot commented</div>
<div class="markdown-body">{body}</div></div>"""


def html(style: str) -> str:
    """The comment as a page."""
    text = (DOCS / "comment.md").read_text(encoding="utf-8")
    body = github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)
    return PAGE.format(style=style, body=body)


def shoot(page: str, picture: Path) -> None:
    """The picture shows the top of the page."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars"]
        command += [f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture}", file.as_uri()]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)  # noqa: S603


if __name__ == "__main__":
    shoot(html(Path(sys.argv[1]).read_text(encoding="utf-8")), DOCS / "comment.png")

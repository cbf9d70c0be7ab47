"""An assessment as one HTML file: no script, no request, readable in light, dark and on paper."""

from collections.abc import Iterator
from html import escape

import msgspec

from tfchange import __version__
from tfchange.report.page import ALL, Caps, Item, Page, Part
from tfchange.report.spans import Names, names, spans
from tfchange.report.story import tell
from tfchange.risk.assessment import Assessment
from tfchange.words import plain

STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --paper: #fff; --quiet: #59636e;
  --line: #d1d9e0; --soft: #f6f8fa; --low: #1a7f37; --medium: #9a6700; --high: #cf222e;
  --critical: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --quiet: #9198a1;
  --line: #3d444d; --soft: #151b23; --low: #3fb950; --medium: #d29922; --high: #f85149;
  --critical: #ff7b72; } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; color: var(--ink);
  background: var(--paper); font: 1rem/1.5 system-ui, sans-serif }
header { border-left: .4rem solid var(--tone, var(--line)); padding: .1rem 0 .1rem 1rem;
  margin-bottom: 1rem }
h1 { font-size: 1.6rem; margin: 0; color: var(--tone, inherit) }
h2 { font-size: 1.15rem; margin: 1.8rem 0 .4rem; padding-bottom: .2rem;
  border-bottom: 1px solid var(--line) }
article { margin-top: 3rem } article h1 { font-size: 1.3rem }
p { margin: .4rem 0 } ul, ol { margin: .3rem 0; padding-left: 1.4rem } li { margin: .35rem 0 }
ul.plain { list-style: none; padding-left: 0 }
code { font: .88em ui-monospace, monospace; background: var(--soft); padding: .1em .3em;
  border-radius: .25em; overflow-wrap: anywhere }
.signed { padding-left: 2.6rem } .sign { display: inline-block; width: 2.2rem;
  margin: 0 .4rem 0 -2.6rem; text-align: right; font: bold .88em ui-monospace, monospace;
  white-space: pre }
.lines { padding-left: .3rem } .lines p { margin: .1rem 0 } .quiet, .via { color: var(--quiet) }
.tone { font-weight: 600; color: var(--tone) }
.low { --tone: var(--low) } .medium { --tone: var(--medium) } .high { --tone: var(--high) }
.critical { --tone: var(--critical) } .waived { --tone: var(--quiet) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 1rem 0 }
dt { color: var(--quiet) } dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% } td, th { padding: .25rem .6rem; text-align: left;
  vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
td:first-child, th:first-child { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap }
tr:last-child { font-weight: bold } footer { margin-top: 2rem; color: var(--quiet);
  font-size: .85rem }
@media print { body { max-width: none; padding: 0; font-size: 10pt } h2 { break-after: avoid }
  li { break-inside: avoid } article { break-before: page } }
"""


def render(assessment: Assessment, caps: Caps = ALL) -> str:
    """The report as a whole HTML document that needs nothing else; it leaves nothing out unless
    `caps` say so.
    """
    page = tell(assessment, caps)
    writer = _Writer(names(page))
    body = [*writer.page(page)]
    for section in page.sections:
        body += ["<article>", *writer.page(section, named=True), "</article>"]
    body.append(f"<p>{writer.prose(page.quiet)}</p>" if page.quiet else "")
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(page.headline)}: {escape(page.name)}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            *filter(None, body),
            _foot(assessment),
            "</body>",
            "</html>",
            "",
        ]
    )


def _foot(assessment: Assessment) -> str:
    name, digest = assessment.policy
    said = [f"tfchange {__version__}"]
    said += [f"rulebook {name} {digest[:12]}"] if name and digest else []
    said += [f"fingerprint {assessment.plan.fingerprint}"] if assessment.plan.fingerprint else []
    return f"<footer>{escape(plain(' · '.join(said)))}</footer>"


class _Writer(msgspec.Struct, frozen=True):
    """Writes pages, with known addresses set as code."""

    known: Names

    def page(self, page: Page, *, named: bool = False) -> Iterator[str]:
        name = f"{self.code(page.name)} " if named else ""
        tone = "low" if page.category == "none" else page.level
        yield f'<header class="{tone}"><h1>{name}{escape(page.headline)}</h1>'
        yield from (f"<p>{self.prose(reason)}</p>" for reason in page.why)
        yield "</header>"
        facts = (f"<dt>{f.name}</dt><dd>{self.prose(f.value)}</dd>" for f in page.facts)
        yield f"<dl>{''.join(facts)}</dl>"
        for part in page.parts:
            yield f'<section id="{part.key}">' if not named else "<section>"
            yield f"<h2>{part.title}</h2>"
            yield from self.body(part)
            yield "</section>"

    def body(self, part: Part) -> Iterator[str]:
        if part.lead:
            yield f"<p>{self.prose(part.lead)}</p>"
        if part.key == "points":
            yield "<table><tr><th>Points</th><th>Why</th><th>Rule</th></tr>"
            yield from map(self.row, part.items)
            yield "</table>"
        elif part.items:
            yield '<ul class="plain">'
            yield from (self.item(item, part) for item in part.items)
            yield "</ul>"
        yield from (f"<p>{self.prose(said)}</p>" for said in (part.more, part.close) if said)

    def item(self, item: Item, part: Part) -> str:
        if part.key in {"reached", "dependents"}:
            via = f'<span class="via">← {self.prose(item.via)} –</span> ' if item.via else ""
            indent = f' style="padding-left:{item.depth * 1.5:g}rem"'
            return f"<li{indent}>{via}{self.head(item, part)}</li>"
        said = [self.line(line.text, line.tone) for line in item.lines]
        head = self.head(item, part)
        li = '<li class="signed">' if item.symbol else "<li>"
        if part.brief:
            joined = " " if item.phrase else ": " if head and said else ""
            return f"{li}{head}{joined}{' '.join(said)}</li>"
        lines = "".join(f"<p>{each}</p>" for each in said)
        return f'{li}{head}<div class="lines">{lines}</div></li>'

    def head(self, item: Item, part: Part) -> str:
        subject = self.code(item.subject) if item.is_address else self.prose(item.subject)
        subject = f"<b>{subject}</b>" if part.key == "approvals" else subject
        tone = f' class="tone {item.tone}"' if item.tone and part.brief else ' class="quiet"'
        said = [
            f'<span class="sign">{escape(item.symbol)}</span>' if item.symbol else "",
            subject if item.subject else "",
            f"<span{tone}>({self.prose(item.aside)})</span>" if item.aside else "",
        ]
        return " ".join(filter(None, said))

    def line(self, text: str, tone: str) -> str:
        label = f'<span class="tone {tone}">{tone.capitalize()}:</span> ' if tone else ""
        return f"{label}{self.prose(text)}"

    def row(self, item: Item) -> str:
        said = " ".join(line.text for line in item.lines)
        at = f"{self.code(item.aside)}: " if item.aside else ""
        why = f"{at}{self.prose(said)}" if said else self.prose(item.subject)
        rule = self.code(item.subject) if said else ""
        return f"<tr><td>{escape(item.symbol)}</td><td>{why}</td><td>{rule}</td></tr>"

    def prose(self, text: str) -> str:
        return "".join(
            self.code(piece) if is_code else escape(piece)
            for piece, is_code in spans(text, self.known)
        )

    def code(self, text: str) -> str:
        return f"<code>{escape(text)}</code>"

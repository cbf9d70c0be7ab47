"""An assessment as GitHub-flavoured Markdown that fits a pull request comment."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from tfchange import __version__
from tfchange.change.forge import page_url
from tfchange.plan.model import Action
from tfchange.report import diagram
from tfchange.report.detail import STEPS, Detail, steps
from tfchange.report.page import Caps, Item, Page, Part
from tfchange.report.spans import Names, names, spans
from tfchange.report.story import WHOLE, tell
from tfchange.risk.assessment import Assessment
from tfchange.words import plain


def render(assessment: Assessment, *, limit: int = 65_536, caps: Caps = STEPS[0].caps) -> str:
    """The report as Markdown of at most `limit` characters; says so where detail is left out."""
    for number, detail in enumerate(steps(caps)):
        text = _render(assessment, detail, cut=number > 0)
        if len(text) <= limit:
            return text
    return f"## {tell(assessment, STEPS[-1].caps).headline}\n"[:limit]


def prose(text: str, longest: int = 1000) -> str:
    """The text as Markdown that reads as it is: no markup, no mention, no reference, no link."""
    return _ACTIVE.sub(_harmless, _short(plain(text), longest))


def code(text: str, longest: int = 1000) -> str:
    """The text as code, whatever is in it, also in a table."""
    text = _short(plain(text), longest)
    return f"`{text}`" if _SIMPLE.fullmatch(text) else tag(text, longest)


# `<!-- -->` parts what GitHub would join to a mention, a reference or a link, and is not seen.
_PARTED = re.compile(r"(?i)(@|#|:(?=//|[\w+-]+:)|www(?=\.)|gh(?=-\d))")
_ACTIVE = re.compile(
    r"(?i)[\\`*\[\]{}<>&|~$!^]|(?<![^\W_])_|_(?![^\W_])|^[-+=]|^\d+(?=[.)])"
    rf"|{_PARTED.pattern[4:]}"
)
_SIMPLE = re.compile(
    r"""[\w.\-\[\]":/@#,=+*(){}'%~^!?;$](?:[\w.\-\[\]":/@#,=+*(){}'%~^!?;$ ]*"""
    r"""[\w.\-\[\]":/@#,=+*(){}'%~^!?;$])?"""
)
_NOT_WORD = re.compile(r"[^\w -]|_")


def _harmless(found: re.Match[str]) -> str:
    text = found[0]
    if text[:1].isdigit():
        return f"{text}<!-- -->"
    return (
        f"{text}<!-- -->" if _PARTED.match(text + found.string[found.end() :]) else _entity(found)
    )


def _entity(found: re.Match[str]) -> str:
    parted = "<!-- -->" if found[0] == "@" else ""
    return "".join(f"&#{ord(c)};" for c in found[0]) + parted


def tag(text: str, longest: int = 1000) -> str:
    """The text as code inside HTML, such as a summary, where Markdown is not read."""
    return f"<code>{_NOT_WORD.sub(_entity, _short(plain(text), longest))}</code>"


def link(text: str, url: str) -> str:
    """The text as a link to a page of the web; as it is where the address is not one."""
    page, _, at = url.strip().partition("#")
    page = page_url(page)
    if not page:
        return prose(text)
    target = quote(f"{page}#{at}" if at else page, safe="%/:?#[]@!$&'*+,=~")
    return f"[{prose(text)}]({target})"


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _render(assessment: Assessment, detail: Detail, *, cut: bool) -> str:
    page = tell(assessment, detail.caps)
    writer = writer_of(page, assessment, detail)
    blocks = list(writer.page(page, "##"))
    for section in page.sections if detail.parts else ():
        blocks += writer.page(section, "###", named=True)
    if page.quiet:
        blocks.append(writer.prose(page.quiet))
    if cut:
        blocks.append(
            f"*Detail is left out to fit here: {detail.lacks}; `{WHOLE}` has everything.*"
        )
    return "\n\n".join([*blocks, foot(assessment)]) + "\n"


def foot(assessment: Assessment, digits: int = 12) -> str:
    """By what it was judged, and the first digits of the fingerprint of what was judged."""
    name, digest = assessment.policy
    said = [f"tfchange {__version__}"]
    said += [f"rulebook {prose(name, 60)} {code(digest[:12])}"] if name and digest else []
    print_of_plan = assessment.plan.fingerprint[:digits]
    said += [f"fingerprint {code(print_of_plan)}"] if print_of_plan else []
    return f"<sub>{' · '.join(said)}</sub>"


def writer_of(page: Page, assessment: Assessment, detail: Detail) -> "Writer":
    """A writer that knows the resources of the page by their names."""
    return Writer(detail, names(page), _actions(assessment))


def _actions(assessment: Assessment) -> dict[str, Action]:
    of_all = (assessment, *assessment.sections)
    return {plain(c.address): c.action for each in of_all for c in each.changes}


class Writer(msgspec.Struct, frozen=True):
    """Writes pages, and parts of them, with one amount of detail."""

    detail: Detail
    known: Names
    actions: dict[str, Action]

    def page(self, page: Page, marks: str, *, named: bool = False) -> Iterator[str]:
        name = f"{self.code(page.name)}: " if named else ""
        yield f"{marks} {name}{page.headline}"
        yield "\n".join(f"- {self.prose(reason)}" for reason in page.why)
        first, *rows = (f"| {f.name} | {self.prose(f.value)} |" for f in page.facts)
        yield "\n".join([first, "|:--|:--|", *rows])
        for part in page.parts if self.detail.parts else ():
            yield from self.part(part, marks + "#")

    def part(self, part: Part, marks: str) -> Iterator[str]:
        """The blocks of one part, folded away unless it is one of the open ones."""
        shown = part.key in self.detail.open
        folded = not shown or len(part.items) > 12
        if not shown and not self.detail.folded:
            return
        listed = f"{len(part.items):,} of " if len(part.items) < part.total else ""
        number = f" ({listed}{part.total:,})" if part.total else ""
        if folded:
            yield f"<details><summary><b>{part.title}</b>{number}</summary>"
        else:
            yield f"{marks} {part.title}"
        yield from self.body(part)
        if folded:
            yield "</details>"

    def body(self, part: Part) -> Iterator[str]:
        if part.lead:
            yield self.prose(part.lead)
        if part.key == "points":
            rows = (self.row(item) for item in part.items)
            yield "\n".join(["| Points | Why | Rule |", "|--:|:--|:--|", *rows])
        elif part.items:
            yield "\n".join(line for item in part.items for line in self.item(item, part))
        if part.more:
            yield f"… {self.prose(part.more)}"
        if part.close:
            yield self.prose(part.close)
        if part.key == "reached" and self.detail.picture:
            drawn = part.items[: diagram.MERMAID_NODES]
            some = "" if drawn == part.items else f" The first {len(drawn)} are drawn."
            yield f"Arrows run from what changes to what depends on it.{some}"
            yield f"```mermaid\n{diagram.radius(drawn, self.actions)}```"

    def item(self, item: Item, part: Part) -> Iterator[str]:
        if item.depth:
            aside = f" ({self.prose(item.aside)})" if item.aside else ""
            via = f"← {self.prose(item.via)} – " if item.via else ""
            yield f"{'  ' * item.depth}- {via}{self.code(item.subject)}{aside}"
            return
        sentences = [self.line(line.text, line.tone) for line in item.lines]
        mark, head = item.symbol if part.key == "backout" else "-", self.head(item, part)
        if part.brief and sentences:
            joined = " " if item.phrase else ": " if head else ""
            yield f"{mark} {head}{joined}{' '.join(sentences)}"
            return
        yield f"{mark} {head}"
        yield from (f"  - {said}" for said in sentences)

    def head(self, item: Item, part: Part) -> str:
        subject = self.code(item.subject) if item.is_address else self.prose(item.subject)
        subject = f"**{subject}**" if part.key == "approvals" else subject
        said = [
            f"`{item.symbol}`" if item.symbol and part.key != "backout" else "",
            subject if item.subject else "",
        ]
        said.append(f"({self.prose(item.aside)})" if item.aside else "")
        return " ".join(filter(None, said))

    def line(self, text: str, tone: str) -> str:
        return f"**{tone.capitalize()}:** {self.prose(text)}" if tone else self.prose(text)

    def row(self, item: Item) -> str:
        said = " ".join(line.text for line in item.lines)
        if not said:
            return f"| **{item.symbol}** | **{self.prose(item.subject)}** | |"
        at = f"{self.code(item.aside)}: " if item.aside else ""
        return f"| {item.symbol} | {at}{self.prose(said)} | {self.code(item.subject)} |"

    def prose(self, text: str) -> str:
        """A sentence, with the resources in it as code."""
        return "".join(
            self.code(piece) if is_code else prose(piece, self.detail.longest)
            for piece, is_code in spans(text, self.known)
        )

    def code(self, text: str) -> str:
        return code(text, self.detail.longest)

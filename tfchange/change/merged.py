"""Which pull request a commit on a branch has merged, by what the forge wrote into its message.

A mere mention of a number counts nowhere: only the lines that forges write themselves do.
"""

import re

DIGITS = r"[0-9]{1,18}"
"""Of a number that a forge gives; Python makes no number of whatever a message holds."""
_FIRST = {
    "github": (
        re.compile(rf"Merge pull request #({DIGITS}) from \S+"),
        re.compile(rf".*\S \(#({DIGITS})\)"),  # of a squash, behind its title
    ),
    "azure": (re.compile(rf"Merged PR ({DIGITS}): .*"),),
}
"""The whole first line of the message, by forge."""
_GITLAB = re.compile(rf"See merge request (\S*)!({DIGITS})")
"""The whole last line of it."""


def merged(message: object, forge: str, repository: str = "") -> int | None:
    """The number of the pull request that a commit with this message has merged; None for none.

    >>> merged("Merge pull request #12 from acme/resize", "github")
    12
    >>> merged("Resize the database (#12)", "github")
    12
    >>> merged("Undo what #12 did", "github") is None
    True
    """
    lines = message.strip().splitlines() if isinstance(message, str) else []
    if not lines:
        return None
    if forge == "gitlab":
        last = _GITLAB.fullmatch(lines[-1].strip())
        ours = last and last[1].lower() in ("", repository.lower())
        return int(last[2]) if last and ours else None
    tried = (form.fullmatch(lines[0].strip()) for form in _FIRST.get(forge, ()))
    return next((int(found[1]) for found in tried if found), None)

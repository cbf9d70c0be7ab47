"""The options as plain data: click is told of them here, and the quick entry reads by them too."""

import msgspec

from tfchange.risk.assessment import Level


class Option(msgspec.Struct, frozen=True):
    """One option: how it is given, what it takes, and what its help says."""

    flags: tuple[str, ...]
    help: str
    kind: str = "text"
    """`text`, `choice`, `integer`, `folder` (one that exists), `file` (to write), `flag`, or
    `switch` (on unless its second flag says otherwise)."""
    metavar: str | None = None
    environment: str | None = None
    """The variable that gives it too."""
    choices: tuple[str, ...] = ()
    least: int | None = None
    default: str | None = None
    several: bool = False

    @property
    def name(self) -> str:
        """The name of its value, as click makes it of the first flag."""
        return self.flags[0].removeprefix("--").replace("-", "_")


CONFIG = Option(
    ("--config",),
    "Settings to use instead of the nearest tfchange.yaml.",
    metavar="FILE",
    environment="TFCHANGE_CONFIG",
)
SOURCE = Option(
    ("--source",),
    "The folder of *.tf files. Default: beside the plan, where there are any.",
    kind="folder",
    metavar="DIR",
    environment="TFCHANGE_SOURCE",
)
BASE = Option(
    ("--base",),
    "The branch, tag or commit that versions of modules and providers are compared with. "
    "Default: the target of the pull request, else the commit before.",
    metavar="REF",
    environment="TFCHANGE_BASE",
)
ENVIRONMENT = Option(
    ("--environment",),
    "What the plan is for, such as production. Default: found by tags, workspace, variables, the "
    "backend's key and the path; unknown counts as production.",
    metavar="NAME",
    environment="TFCHANGE_ENVIRONMENT",
)
RULES = Option(
    ("--rules",),
    "A folder of rules of your own, on top of the bundled ones; can be given several times.",
    kind="folder",
    metavar="DIR",
    environment="TFCHANGE_RULES",
    several=True,
)
POLICY = Option(
    ("--policy",),
    "The policy to judge by: default, strict, gitlab or startup. Default: as your rules say.",
    metavar="NAME",
    environment="TFCHANGE_POLICY",
)
CATALOGUE = Option(
    ("--catalogue",),
    "The service catalogue: a file with services or entities of Backstage, a folder with "
    "catalog-info.yaml files, or a glob.",
    metavar="PATH",
    environment="TFCHANGE_CATALOGUE",
)
TERRAFORM = Option(
    ("--terraform",),
    "The program that shows binary plans. Default: terraform, else tofu, on PATH.",
    metavar="PROGRAM",
    environment="TFCHANGE_TERRAFORM",
)
WIDTH = Option(
    ("--width",),
    "The width of text. Default: that of the terminal, else 100.",
    kind="integer",
    metavar="COLUMNS",
    environment="TFCHANGE_WIDTH",
    least=40,
)
OUTPUT = Option(
    ("--output", "-o"),
    "Write to a file instead of standard output; it is complete or not there at all.",
    kind="file",
    metavar="FILE",
)


def format_of(*formats: str) -> Option:
    """The option that chooses what is written; the first is what is written unless asked."""
    return Option(
        ("--format", "-f"), "What to write.", kind="choice", choices=formats, default=formats[0]
    )


FAIL_ON = Option(
    ("--fail-on",),
    "Exit with code 10 from this level on: low, medium, high or critical.",
    kind="choice",
    metavar="LEVEL",
    environment="TFCHANGE_FAIL_ON",
    choices=tuple(map(str, Level)),
)
COVERAGE = Option(
    ("--coverage",),
    "Say which resource types of plans are not known, and which are only guessed from their name.",
    kind="flag",
)
JOBS = Option(
    ("--jobs",),
    "Processes for 32 plans or more. Default: one per core.",
    kind="integer",
    metavar="N",
    environment="TFCHANGE_JOBS",
    least=1,
)
EMERGENCY = Option(
    ("--emergency",),
    "Declare an emergency; needs --incident.",
    kind="flag",
    environment="TFCHANGE_EMERGENCY",
)
INCIDENT = Option(
    ("--incident",),
    "The incident that the emergency change is for.",
    metavar="ID",
    environment="TFCHANGE_INCIDENT",
)
DESK = Option(
    ("--desk",),
    "The service desk: register (the embedded one), jira or servicenow.",
    kind="choice",
    environment="TFCHANGE_DESK",
    choices=("register", "jira", "servicenow"),
    default="register",
)
DRY_RUN = Option(
    ("--dry-run",), "Ask the desk, write nothing, and print what would be written.", kind="flag"
)
TICKET = format_of("text", "json")
PLACE = (
    Option(
        ("--repository",),
        "The repository, as OWNER/NAME. Default, as for the next five: told by the CI or by git.",
        metavar="NAME",
        environment="TFCHANGE_REPOSITORY",
    ),
    Option(
        ("--ref",),
        "The branch or tag, such as refs/heads/main.",
        metavar="REF",
        environment="TFCHANGE_REF",
    ),
    Option(
        ("--commit",),
        "The commit that the plan was made from.",
        metavar="SHA",
        environment="TFCHANGE_COMMIT",
    ),
    Option(
        ("--pull-request",),
        "The number of the pull or merge request.",
        kind="integer",
        metavar="N",
        environment="TFCHANGE_PULL_REQUEST",
        least=1,
    ),
    Option(
        ("--workspace",),
        "The workspace, or a name for this stack; several for a change over several. "
        "Default: TF_WORKSPACE, else the one that is selected, else default.",
        metavar="NAME",
        environment="TFCHANGE_WORKSPACE",
        several=True,
    ),
    Option(
        ("--run-url",),
        "Where this run can be watched.",
        metavar="URL",
        environment="TFCHANGE_RUN_URL",
    ),
)
"""Where a run happens, and so which change it is about."""
CHANGE = (DESK, *PLACE, TICKET, DRY_RUN, OUTPUT, CONFIG)
"""What every command about one change takes."""
ABOUT = (
    Option(
        ("--service",),
        "A service that the change affects; can be given several times.",
        metavar="NAME",
        environment="TFCHANGE_SERVICE",
        several=True,
    ),
    Option(
        ("--ci",),
        "A configuration item that the change affects; can be given several times.",
        metavar="NAME",
        environment="TFCHANGE_CI",
        several=True,
    ),
    Option(
        ("--start",),
        "When the change is planned to begin, as 2026-11-23T10:00:00Z; needs --end.",
        metavar="TIME",
        environment="TFCHANGE_START",
    ),
    Option(
        ("--end",),
        "When it is planned to be done.",
        metavar="TIME",
        environment="TFCHANGE_END",
    ),
)
"""What a change request says beside the plan."""

WAIT = Option(
    ("--wait",),
    "Ask again until it opens or this time is up, such as 90s, 30m or 2h.",
    metavar="TIME",
    environment="TFCHANGE_WAIT",
)
FAIL_OPEN = Option(
    ("--fail-open",),
    "Pass where the desk cannot be reached; loud, and recorded as soon as it can be.",
    kind="flag",
    environment="TFCHANGE_FAIL_OPEN",
)
GATE = (WAIT, FAIL_OPEN, *CHANGE, SOURCE, BASE, ENVIRONMENT, RULES, POLICY, TERRAFORM)
"""What the gate takes."""

ASSESS = (
    format_of("text", "json", "markdown", "sarif", "codequality", "html"),
    OUTPUT,
    SOURCE,
    BASE,
    ENVIRONMENT,
    RULES,
    POLICY,
    CATALOGUE,
    FAIL_ON,
    EMERGENCY,
    INCIDENT,
    WIDTH,
    Option(
        ("--color",),
        "Colours in text; auto also heeds NO_COLOR.",
        kind="choice",
        environment="TFCHANGE_COLOR",
        choices=("auto", "always", "never"),
        default="auto",
    ),
    JOBS,
    TERRAFORM,
    CONFIG,
)
"""What `tfchange assess` takes, in the order of its help."""

"""Assessments built by hand: a rich one, an empty one, a hostile one, a huge one, several plans."""

from collections.abc import Sequence

from tfchange.plan.model import Action, Caveat
from tfchange.risk.assessment import (
    AffectedService,
    Approval,
    Assessment,
    BackoutStep,
    BlastRadius,
    Blocker,
    Category,
    Change,
    Contribution,
    Counterfactual,
    Drift,
    DriftItem,
    Emergency,
    Finding,
    Hop,
    Informed,
    Level,
    Location,
    PlanFacts,
    Reached,
    Summary,
    Waived,
)

DATABASE = "module.data.aws_db_instance.orders"
LOST = f"The database {DATABASE} is replaced; all data that is not in a backup is lost."
GROUP = 'aws_security_group.web["eu-west-1.public"]'


def rich(path: str = "prod/plan.json") -> Assessment:
    """A database replaced behind a running shop, a security group opened, some drift."""
    return Assessment(
        plan=PlanFacts(path, "1.11.4", "1.2", "9f2c" * 16),
        category=Category.NORMAL,
        level=Level.CRITICAL,
        score=118,
        impact=Level.CRITICAL,
        likelihood=Level.HIGH,
        why=(
            f"The database {DATABASE} is replaced, and its data is lost with the old one.",
            "No pre-approved kind of change covers replacing a database.",
        ),
        summary=Summary(create=1, update=2, replace=1, delete=1, move=1, no_op=40, outputs=1),
        policy=("default", "1b2c3d4e" * 8),
        environment="production",
        contributions=(
            Contribution(45, "database-replaced", LOST, DATABASE, "engine_version"),
            Contribution(30, "ingress-opened", "Port 22 is open to the world.", GROUP, "ingress"),
            Contribution(22, "blast-radius", "12 resources depend on what changes."),
            Contribution(15, "drift", "2 resources were changed outside Terraform."),
            Contribution(6, "uncertainty", "The source of one module was not found."),
        ),
        findings=(
            Finding(
                "database-replaced",
                Level.CRITICAL,
                45,
                DATABASE,
                LOST,
                "engine_version",
                ("database", "cab"),
                Location("modules/data/rds.tf", 12),
            ),
            Finding(
                "ingress-opened",
                Level.HIGH,
                30,
                GROUP,
                f"{GROUP} lets traffic in from anywhere on port 22.",
                "ingress.cidr_blocks",
                ("security",),
                Location("network.tf", 40),
            ),
            Finding(
                "log-retention-shortened",
                Level.MEDIUM,
                8,
                "aws_cloudwatch_log_group.api",
                "aws_cloudwatch_log_group.api keeps its logs for a shorter time.",
                waived=Waived("OPS-12", "platform team", "2027-01-31"),
            ),
            Finding(
                "security-drift",
                Level.HIGH,
                0,
                "aws_iam_role.deploy",
                "aws_iam_role.deploy was changed outside Terraform.",
                approvers=("identity",),
            ),
        ),
        changes=(
            Change(
                DATABASE,
                "aws_db_instance",
                Action.REPLACE,
                reasons=("engine_version cannot be changed in place",),
                changed_paths=("allocated_storage", "engine", "engine_version", "tags.Owner"),
                findings=("database-replaced",),
                reached=12,
                location=Location("modules/data/rds.tf", 12),
            ),
            Change(
                "aws_instance.bastion",
                "aws_instance",
                Action.DELETE,
                reasons=("it is no longer in the configuration",),
            ),
            Change(
                GROUP,
                "aws_security_group",
                Action.UPDATE,
                changed_paths=("ingress.cidr_blocks",),
                findings=("ingress-opened",),
                reached=3,
                location=Location("network.tf", 40),
            ),
            Change(
                "aws_cloudwatch_log_group.api",
                "aws_cloudwatch_log_group",
                Action.UPDATE,
                changed_paths=("retention_in_days",),
                findings=("log-retention-shortened",),
            ),
            Change("aws_ssm_parameter.url", "aws_ssm_parameter", Action.CREATE, reached=1),
            Change(
                "module.edge.aws_route53_record.www",
                "aws_route53_record",
                Action.NO_OP,
                previous_address="aws_route53_record.www",
            ),
        ),
        blast_radius=_radius(),
        drift=Drift(
            15,
            (
                DriftItem(
                    "aws_iam_role.deploy",
                    "aws_iam_role",
                    "changed",
                    "kept",
                    ("assume_role_policy",),
                ),
                DriftItem("aws_instance.worker[1]", "aws_instance", "deleted", "reverted"),
            ),
            4,
        ),
        approvals=(
            Approval("database", f"database-replaced asks for it, for {DATABASE}"),
            Approval("security", "ingress-opened asks for it"),
            Approval("cab", "the risk is critical"),
        ),
        lead_time="5 working days",
        lead_days=5,
        counterfactual=Counterfactual(
            (
                Blocker("is replaced, which no envelope allows for aws_db_instance", DATABASE),
                Blocker("has a finding of high severity (ingress-opened)", GROUP),
                Blocker("is destroyed, which log-retention-longer forbids", "aws_instance.bastion"),
            ),
            "Without these 3 changes the rest is a standard change: log-retention-longer.",
            "log-retention-longer",
        ),
        caveats=(
            Caveat(
                "source-missing", "the source of module.data was not found", blocks_standard=True
            ),
            Caveat("deferred", "This change was put off", "aws_eks_addon.dns"),
        ),
        backout=(
            BackoutStep(GROUP, "Revert the commit and apply again", True),
            BackoutStep(
                "aws_instance.bastion", "Revert the commit and apply: a new one comes", True
            ),
            BackoutStep(DATABASE, "Restore the last snapshot; later writes are lost", False),
        ),
    )


def _radius() -> BlastRadius:
    task, service = "module.app.aws_ecs_task_definition.api", "module.app.aws_ecs_service.api"
    start = Hop(DATABASE)
    first = (start, Hop("aws_ssm_parameter.url", "reference"))
    second = (*first, Hop(task, "reference"))
    third = (*second, Hop(service, "reference"))
    reached = [
        Reached(first[-1].address, "aws_ssm_parameter", 1, first, changed=True),
        Reached(task, "aws_ecs_task_definition", 2, second),
        Reached(service, "aws_ecs_service", 3, third),
    ]
    for number in range(9):
        address = f"module.app.aws_lambda_function.worker[{number}]"
        chain = (*second, Hop(address, "value"))
        reached.append(Reached(address, "aws_lambda_function", 3, chain, inferred=True))
    counts = {"reached": 12, "unchanged": 11, "inferred": 9, "distance": 3, "module:app": 11}
    services = (("lambda", 9), ("ecs", 2), ("ssm", 1))
    return BlastRadius(44, 5, tuple(reached), services, counts)


def empty(path: str = "-") -> Assessment:
    """A plan in which nothing changes."""
    return Assessment(
        PlanFacts(path, "1.11.4", "1.2"),
        Category.NONE,
        Level.LOW,
        0,
        Level.LOW,
        Level.LOW,
        ("Nothing changes.",),
        Summary(no_op=12),
    )


def standard(path: str = "staging.json") -> Assessment:
    """A change of tags alone."""
    return Assessment(
        PlanFacts(path, "1.9.0", "1.2"),
        Category.STANDARD,
        Level.LOW,
        2,
        Level.LOW,
        Level.LOW,
        ("Every change fits the pre-approved kind tags-only.",),
        Summary(update=1),
        environment="staging",
        envelope="tags-only",
        contributions=(Contribution(2, "blast-radius", "One resource changes."),),
        changes=(Change("aws_vpc.main", "aws_vpc", Action.UPDATE, changed_paths=("tags.Team",)),),
        approvals=(Approval("peer", "every change is seen by a second person"),),
    )


def emergency() -> Assessment:
    """The rich plan, declared an emergency."""
    import msgspec

    declared = Emergency("INC0042", "2026-03-04T12:00:00Z")
    return msgspec.structs.replace(rich(), category=Category.EMERGENCY, emergency=declared)


def several() -> Assessment:
    """Four plans as one: the rich one, a standard one and two without changes."""
    import msgspec

    worst = rich()
    sections = (worst, standard(), empty("dev.json"), empty("test.json"))
    return msgspec.structs.replace(worst, plan=PlanFacts("."), sections=sections)


def named(names: Sequence[str], path: str = "plan.json") -> Assessment:
    """The given texts stand wherever a plan or a rule can bring a name in."""
    from itertools import cycle

    name = cycle(names).__next__
    chain = (Hop(name()), Hop(name(), "reference"), Hop(name(), name()))
    return Assessment(
        plan=PlanFacts(path, name(), name(), name(), complete=False, errored=True),
        category=Category.NORMAL,
        level=Level.HIGH,
        score=50,
        impact=Level.HIGH,
        likelihood=Level.MEDIUM,
        why=(name(), f"The change of {name()} is risky."),
        summary=Summary(update=3, delete=1),
        policy=(name(), name()),
        environment=name(),
        envelope=name(),
        emergency=Emergency(name(), name()),
        contributions=(Contribution(50, name(), name(), name(), name()),),
        findings=(
            Finding(name(), Level.HIGH, 20, names[0], f"Of {name()}.", name(), (name(),)),
            Finding(
                name(),
                Level.LOW,
                2,
                name(),
                name(),
                name(),
                (name(),),
                Location(name(), 3),
                Waived(name(), name(), name()),
            ),
        ),
        changes=(
            Change(
                names[0],
                name(),
                Action.DELETE,
                name(),
                name(),
                (name(),),
                (name(), name()),
                (name(),),
                2,
                location=Location(name(), 7),
            ),
            Change(name(), name(), Action.UPDATE, changed_paths=(name(),)),
        ),
        blast_radius=BlastRadius(
            10, 2, (Reached(chain[-1].address, name(), 2, chain),), ((name(), 1),), {name(): 1}
        ),
        drift=Drift(5, (DriftItem(name(), name(), name(), name(), (name(),)),), 1),
        approvals=(Approval(name(), name()),),
        lead_time=name(),
        lead_days=5,
        counterfactual=Counterfactual((Blocker(name(), name()),), name(), name()),
        caveats=(Caveat(name(), name(), name()),),
        backout=(BackoutStep(name(), name(), False), BackoutStep(name(), name(), True)),
        services=(AffectedService(name(), 1, name(), name(), 1, 2),),
        informed=(Informed(name(), name()),),
    )


HOSTILE = (
    'aws_x.a["@everyone"]',
    'aws_x.a["</details><script>alert(1)</script>"]',
    'aws_x.a["``` \n# heading"]',
    'aws_x.a["a|b\\\\|c"]',
    'aws_x.a["\x1b[31mred\x1b[0m\x9b2J\x07"]',
    'aws_x.a["\u202egpj.exe\u2066"]',
    'aws_x.a["#123 GH-4 https://evil.example www.evil.example a@b.example"]',
    'aws_x.a["[link](javascript:alert(1)) ![i](x) **b** _i_ ~~s~~ $x$ <!--"]',
    'aws_x.a["--> %%{init}%% ; end subgraph click"]',
    "&lt;b&gt;&amp;\u2028\r\n| - |\n|---|",
    'x" onmouseover="alert(1)',
    "[red]markup[/red] {curly} \ud800",
)


def hostile() -> Assessment:
    """Names made to break out of every format."""
    return named(HOSTILE)


def huge(number: int = 10_000) -> Assessment:
    """So many changes, each with a finding, all reached from the first."""
    addresses = [f'module.m{n % 7}.aws_sqs_queue.q["key.{n}"]' for n in range(number)]
    hub = Hop("aws_kms_key.hub")
    return Assessment(
        plan=PlanFacts("huge.json", "1.11.4", "1.2"),
        category=Category.NORMAL,
        level=Level.CRITICAL,
        score=number,
        impact=Level.CRITICAL,
        likelihood=Level.HIGH,
        why=(f"{number:,} queues are destroyed.",),
        summary=Summary(delete=number),
        environment="production",
        contributions=tuple(Contribution(1, "messaging-destroyed", "Gone.", a) for a in addresses),
        findings=tuple(
            Finding(
                "messaging-destroyed",
                Level.HIGH,
                1,
                a,
                f"{a} is destroyed, and its messages are lost.",
            )
            for a in addresses
        ),
        changes=tuple(
            Change(a, "aws_sqs_queue", Action.DELETE, findings=("messaging-destroyed",))
            for a in addresses
        ),
        blast_radius=BlastRadius(
            100,
            number,
            tuple(
                Reached(a, "aws_sqs_queue", 1, (hub, Hop(a, "reference")), changed=True)
                for a in addresses
            ),
            (("sqs", number),),
            {"reached": number},
        ),
        approvals=(Approval("cab", "the risk is critical"),),
        lead_time="5 working days",
        lead_days=5,
        counterfactual=Counterfactual(tuple(Blocker("is destroyed", a) for a in addresses)),
        backout=tuple(BackoutStep(a, "Messages are lost", False) for a in addresses),
    )

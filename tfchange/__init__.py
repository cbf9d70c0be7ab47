"""tfchange assesses Terraform plans for change management.

>>> from tfchange import assess, read_plan
>>> assessment = assess(["plan.json"])          # doctest: +SKIP
>>> assessment.category, assessment.level       # doctest: +SKIP
(<Category.NORMAL: 'normal'>, <Level.HIGH: 'high'>)
"""

__version__ = "0.1.0"
__all__ = ["Assessment", "Plan", "__version__", "assess", "read_plan"]

# What type checkers know from typing, whose import takes half as long as the start of Python.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from tfchange.pipeline import assess
    from tfchange.plan.model import Plan
    from tfchange.reading import read_plan
    from tfchange.risk.assessment import Assessment


_HOMES = {
    "Assessment": "tfchange.risk.assessment",
    "Plan": "tfchange.plan.model",
    "assess": "tfchange.pipeline",
    "read_plan": "tfchange.reading",
}


def __getattr__(name: str) -> object:
    # Resolved on first use, so that whoever only asks for the version imports nothing else.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

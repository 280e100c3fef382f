"""What an application says that makes a document or a field of the form needed (IN-9, IN-14, IN-15)."""

from services.intake.model.applications import Asked
from services.intake.rules.form_values import number_of

EXTRA_STORAGE = "extra_storage_tb"
"""The field of a form in which storage beyond the product's own is asked for (AL-17)."""


def conditions_of(asked: Asked, legal_form: str, *, large: bool) -> frozenset[str]:
    """Which of the conditions hold that a definition may ask documents and fields on.

    `large` is IN-14's answer; storage is asked where the form states more than 0 TB. Never raises.

    Example: a sole proprietor that claims the youth reduction, managed by a student → `youth_claimed`,
    `sole_proprietor`, `student_manager`.
    """
    standing = "" if asked.manager is None else asked.manager.standing
    storage = number_of(asked.form.get(EXTRA_STORAGE))
    holds = {
        "youth_claimed": asked.youth_claimed,
        "region_claimed": asked.region_claimed,
        "student_manager": standing == "student",
        "graduate_manager": standing == "graduate",
        "sole_proprietor": legal_form == "sole_proprietor",
        "storage_asked": storage is not None and storage > 0,
        "large": large,
    }
    return frozenset(name for name, is_so in holds.items() if is_so)


def open_conditions(asked: Asked) -> frozenset[str]:
    """Which of the conditions a draft has not decided yet: what it does not claim it may still claim.

    Never raises.

    Example: a draft without manager, form and claims, of 2 units of a product → all but `sole_proprietor` and `large`.
    """
    nobody = asked.manager is None
    is_open = {
        "youth_claimed": not asked.youth_claimed,
        "region_claimed": not asked.region_claimed,
        "student_manager": nobody,
        "graduate_manager": nobody,
        "storage_asked": asked.form.get(EXTRA_STORAGE) is None,
        "large": asked.product is None or asked.units is None,
    }
    return frozenset(name for name, is_so in is_open.items() if is_so)

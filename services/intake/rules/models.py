"""Which AI model an application may run, and for what purpose (IN-13)."""

from libs.common.keys import fold_key
from services.intake.model.findings import Finding
from services.intake.policy.models import ModelPolicy

SERIES = "series"
MODEL = "model"
PURPOSE = "purpose"
"""The fields of a form that state them."""


def model_listed(model: str, purpose: str, policy: ModelPolicy) -> tuple[Finding, ...]:
    """IN-13: The AI model is on the published list, and its purpose is one that the call supports.

    Compared are the case-folded letters and digits alone. An entry "X Series" stands for every model that begins
    with X, any other entry for itself. A model that is not listed, or none at all, is what the call says of it
    (S3: `officer`); a purpose that is not supported likewise (S3: training fails). A call without a list asks
    nothing. Returns every finding that is no `pass`, or one `pass`; never raises.

    Example: YOLOv8n passes by "YOLO Series", Llama-2-7b by "Llama2 Series"; Llama-3 and ResNet50 are `officer`.
    Source: S3 §1, annex.
    """
    found: list[Finding] = []
    if policy.models is not None and not any(_stands_for(entry, model) for entry in policy.models):
        found.append(Finding("IN-13", policy.unlisted, "model_not_listed", {"model": model or None}))
    if policy.purposes_allowed is not None and purpose not in policy.purposes_allowed:
        facts = {"purpose": purpose or None, "allowed": ", ".join(policy.purposes_allowed)}
        found.append(Finding("IN-13", policy.purpose_refused, "purpose_not_supported", facts))
    if policy.models is None and policy.purposes_allowed is None:
        return ()
    return tuple(found) or (Finding("IN-13", "pass", "model_listed", {"model": model}),)


def _stands_for(entry: str, model: str) -> bool:
    """Whether an entry of the list stands for a model. An entry of which nothing remains stands for none."""
    name, _, last = entry.strip().rpartition(" ")
    asked = letters_and_digits(model)
    if fold_key(last) == SERIES:
        prefix = letters_and_digits(name)
        return prefix != "" and asked.startswith(prefix)
    return asked != "" and asked == letters_and_digits(entry)


def letters_and_digits(text: str) -> str:
    """The letters and digits of a text as CV-9 compares it. Never raises."""
    return "".join(char for char in fold_key(text) if char.isalnum())

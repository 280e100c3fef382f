"""The shipped programme definitions, as `programme.opened` carries them."""

from pathlib import Path
from typing import Any

from libs.common.definition.files import load_definition

PROGRAMMES = Path(__file__).parents[3] / "programmes"


def definition(code: str) -> dict[str, Any]:
    """A shipped definition as JSON."""
    return load_definition(PROGRAMMES / f"{code}.yaml").model_dump(mode="json", by_alias=True)

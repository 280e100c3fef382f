"""Whether what a provider offers reaches what the notice prints for a product."""

from decimal import Decimal

from services.allocator.model import Decision, Specification
from services.allocator.policy import SpecPolicy

Amount = Decimal | int


def offer_conformance(
    offered_type: str,
    offered_cards: int,
    offered: Specification,
    types: frozenset[str],
    cards: int,
    required: SpecPolicy | None,
) -> Decision:
    """AL-6: An offer conforms if type, count, clock, cores, memory, storage and line reach the product's specification.

    `offered_type`, `offered_cards`: type and cards of the offer; `types`: the product's type and its allowed
    substitutes; `cards` ≥ 1: cards of one unit in the offered type; `required`: none where the notice prints no
    specification, so that only type and count are compared. Returns `pass`, `fail` (metered, not payable) or,
    where the notice can be read in two ways and the offer lies between them, `officer`. Never raises.

    Example: S1 product 3, readings 16 and 32 cores: 32 cores → pass, 24 → officer, 8 → fail.
    Source: S1 §3.
    """
    if offered_type not in types or offered_cards < cards:
        return "fail"
    if required is None:
        return "pass"
    decisions = {
        _reaches(Decimal(offered.cpu_ghz), required.cpu_ghz, None),
        _reaches(offered.cores, required.cores, required.doubtful_cores),
        _reaches(offered.memory_gb, required.memory_gb, required.doubtful_memory_gb),
        _reaches(Decimal(offered.storage_tb), required.storage_tb, required.doubtful_storage_tb),
        _reaches(Decimal(offered.line_gbps), required.line_gbps, None),
    }
    if "fail" in decisions:
        return "fail"
    return "officer" if "officer" in decisions else "pass"


def _reaches(offered: Amount, reading: Amount | None, second_reading: Amount | None) -> Decision:
    readings = [r for r in (reading, second_reading) if r is not None]
    if not readings or offered >= max(readings):
        return "pass"
    return "officer" if offered >= min(readings) else "fail"

"""What the allocator needs of a programme's definition: one small frozen class per rule."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from libs.common.calendar import AS_PRINTED, ChangedDays
from libs.common.changed_days import changed_days
from services.allocator.model.cards import Mode

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from libs.common.definition.programme import Programme


@dataclass(frozen=True, slots=True)
class ProductPolicy:
    """AL-1: what a grant of a product is, in cards; whole servers or cards; priced by product or by card."""

    product: str
    card_type: str
    cards_per_unit: int
    whole_servers: bool
    priced_by_card: bool
    better: tuple[str, ...] = ()
    """AL-21: the types that serve it too, with its own number of cards, at its price."""
    alone: tuple[tuple[str, int], ...] = ()
    """BL-3: by a type, the cards of a unit that a provider gives which has no other type."""

    @classmethod
    def of(cls, programme: "Programme", product: str) -> "ProductPolicy":
        """Read the product. Raises NotFound for one that the programme does not have, PolicyMissing."""
        part = programme.product(product)
        return cls(
            product,
            part.card_type,
            part.cards_per_unit,
            part.whole_servers,
            part.priced_by == "card",
            tuple(part.at_least_as_good.optional() or ()),
            tuple((part.alone.optional() or {}).items()),
        )


@dataclass(frozen=True, slots=True)
class WorthPolicy:
    """CV-5, CV-6: what one card of a type is worth in H100 cards and in FP32 TFLOPS; a type without one is left out."""

    equivalents: "Mapping[str, Fraction]"
    tflops: "Mapping[str, Fraction]"

    @classmethod
    def of(cls, programme: "Programme") -> "WorthPolicy":
        """Read the cards. Never stops at an unset value: what is not known is not shown."""
        equivalents = {
            name: Fraction(card.h100_equivalents.optional() or 0)
            for name, card in programme.cards.items()
            if not card.h100_equivalents.is_unset() and card.h100_equivalents.optional()
        }
        tflops = {
            name: Fraction(card.fp32_tf.optional() or 0)
            for name, card in programme.cards.items()
            if not card.fp32_tf.is_unset() and card.fp32_tf.optional() is not None
        }
        return cls(equivalents, tflops)


@dataclass(frozen=True, slots=True)
class SubstitutionPolicy:
    """AL-2: asked type → (given type, factor), in the definition's order."""

    pairs: tuple[tuple[str, str, int], ...]

    @classmethod
    def of(cls, programme: "Programme") -> "SubstitutionPolicy":
        """Read the allowed substitutions; none where it is decided that there are none."""
        listed = programme.allocation.substitutions.optional() or ()
        return cls(tuple((pair.asked, pair.given, pair.factor) for pair in listed))


@dataclass(frozen=True, slots=True)
class WindowPolicy:
    """AL-4: the programme's use window, both days inclusive."""

    starts_on: "dt.date"
    ends_on: "dt.date"

    @classmethod
    def of(cls, programme: "Programme") -> "WindowPolicy":
        """Read the window."""
        return cls(programme.use_starts_on.required(), programme.use_ends_on.required())


@dataclass(frozen=True, slots=True)
class SpecPolicy:
    """AL-6: what a server must reach at least, and the second reading of a notice in doubt; none: no demand."""

    cpu_ghz: Decimal | None
    cores: int | None
    memory_gb: int | None
    storage_tb: Decimal | None
    line_gbps: Decimal | None
    doubtful_cores: int | None
    doubtful_memory_gb: int | None
    doubtful_storage_tb: Decimal | None

    @classmethod
    def of(cls, programme: "Programme", product: str) -> "SpecPolicy | None":
        """Read the specification of a product; None where the notice prints none."""
        spec = programme.product(product).spec
        if spec is None:
            return None
        return cls(
            cpu_ghz=spec.cpu_ghz.optional(),
            cores=spec.cores.optional(),
            memory_gb=spec.memory_gb.optional(),
            storage_tb=spec.storage_tb.optional(),
            line_gbps=spec.line_gbps.optional(),
            doubtful_cores=spec.doubtful_cores.optional(),
            doubtful_memory_gb=spec.doubtful_memory_gb.optional(),
            doubtful_storage_tb=spec.doubtful_storage_tb.optional(),
        )


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """AL-7: the gates that stand before activation, and how many people open `training`."""

    gates: tuple[str, ...]
    people_min: int = 1

    @classmethod
    def of(cls, programme: "Programme") -> "GatePolicy":
        """Read the gates; the people only where `training` is one of them. Raises PolicyMissing for an unset one."""
        gates = tuple(programme.allocation.gates.optional() or ())
        training = programme.allocation.training
        if training is None or "training" not in gates:
            return cls(gates)
        return cls(gates, training.people_min.optional() or 1)


@dataclass(frozen=True, slots=True)
class ModePolicy:
    """AL-8: how the programme assigns, and how many cards its whole servers have."""

    mode: Mode
    server_cards: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "ModePolicy":
        """Read the mode of assignment."""
        return cls(programme.allocation.mode.required(), programme.allocation.server_cards.optional())


@dataclass(frozen=True, slots=True)
class IdlePolicy:
    """AL-9: seconds without utilisation after which a session gives its cards back; none: never."""

    idle_s: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "IdlePolicy":
        """Read the idle time."""
        dynamic = programme.allocation.dynamic
        return cls(None if dynamic is None else dynamic.idle_s.optional())


@dataclass(frozen=True, slots=True)
class FallbackPolicy:
    """AL-11: days within which cause and measures of a fallback are reported."""

    report_days: int | None
    changed: ChangedDays = AS_PRINTED
    """Holidays that the definition changes (CV-7)."""

    @classmethod
    def of(cls, programme: "Programme") -> "FallbackPolicy":
        """Read the period of the report."""
        dynamic = programme.allocation.dynamic
        days = None if dynamic is None else dynamic.fallback_report_days.optional()
        return cls(days, changed_days(programme))


@dataclass(frozen=True, slots=True)
class WaitPolicy:
    """MT-6 as the summary needs it: seconds of waiting that are within the limit; none: no limit."""

    wait_limit_s: int | None

    @classmethod
    def of(cls, programme: "Programme") -> "WaitPolicy":
        """Read the wait limit."""
        return cls(programme.metering.wait_limit_s.optional())

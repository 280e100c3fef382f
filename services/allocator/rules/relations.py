"""Who may not serve whom."""

from dataclasses import replace

from services.allocator.model.supply import Party, Provider


def is_barred_pair(provider: Party, applicant: Party) -> bool:
    """AL-5: A provider never serves an applicant that shares its representative, is its affiliate or its subsidiary.

    Both are compared by business number and by the keys of their representatives; either side may have
    declared the affiliation. Returns True where the pair is barred. Never raises.

    Example: an applicant whose joint representative also represents the provider → True.
    Source: S1 §8.
    """
    if provider.representative_keys & applicant.representative_keys:
        return True
    same = provider.business_no == applicant.business_no
    return same or applicant.business_no in provider.affiliates or provider.business_no in applicant.affiliates


def with_known_relations(told: Provider, known: Provider | None) -> Provider:
    """A provider as intake tells it, with the relations that were known of it here before intake told anything (AL-5).

    Representatives and affiliates that were registered here stay beside what is told, so that no pair that was barred
    becomes allowed. Once intake has told of a provider its word alone counts. Never raises.
    """
    if known is None or known.provider_id != told.provider_id or known.organisation_id is not None:
        return told
    return replace(
        told,
        representative_keys=tuple(dict.fromkeys((*told.representative_keys, *known.representative_keys))),
        affiliates=tuple(dict.fromkeys((*told.affiliates, *known.affiliates))),
        changed_at=max(told.changed_at, known.changed_at),
    )

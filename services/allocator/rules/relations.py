"""Who may not serve whom."""

from services.allocator.model.supply import Party


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

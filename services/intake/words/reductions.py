"""The words of the codes about reductions of the self-payment (IN-15)."""

from libs.common.messages.catalogue import Message

REDUCTIONS: dict[str, Message] = {
    "reduction_not_claimed": Message(
        "자부담금 감면을 신청하지 않았습니다.", "No reduction of the self-payment is claimed."
    ),
    "reduction_granted": Message(
        "{name_ko} 감면을 신청했고 증빙이 확인되었습니다.", "The reduction for {name_en} is claimed and shown."
    ),
    "reduction_applies": Message(
        "자부담금에 {name_ko} 감면을 적용합니다. 감면은 하나만 적용됩니다.",
        "The self-payment is reduced for {name_en}. Only one reduction applies.",
    ),
    "reduction_not_shown": Message(
        "{name_ko} 감면을 신청했으나 증빙 서류({documents_ko})가 없어 적용하지 않습니다. "
        "신청 자격에는 영향이 없습니다.",
        "The reduction for {name_en} is claimed without its evidence ({documents_en}) and is not granted. Eligibility "
        "is not affected.",
    ),
    "reduction_not_met": Message(
        "{name_ko} 요건에 해당하지 않아 감면을 적용하지 않습니다. 신청 자격에는 영향이 없습니다.",
        "The reduction for {name_en} is not granted: its conditions are not met. Eligibility is not affected.",
    ),
    "region_not_met": Message(
        "{day}까지 {region_ko}에 등록된 사업장이 없어 지역 감면을 적용하지 않습니다. 신청 자격에는 영향이 없습니다.",
        "No place of business in {region_en} was registered by {day}: the region's reduction is not granted. "
        "Eligibility is not affected.",
    ),
    "region_without_rate": Message(
        "이 사업에는 지역 감면이 없어 신청한 지역 감면을 적용하지 않습니다. 신청 자격에는 영향이 없습니다.",
        "This programme has no reduction for a region: the claimed one is not granted. Eligibility is not affected.",
    ),
}

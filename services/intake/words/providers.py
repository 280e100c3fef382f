"""The words of the codes about providers."""

from libs.common.messages.catalogue import Message

PROVIDERS: dict[str, Message] = {
    "csap_missing": Message(
        "클라우드 보안인증(CSAP)이 없습니다: {member}. 컨소시엄의 모든 참여사가 인증을 받아야 합니다.",
        "{member} has no CSAP certification; every member of a consortium needs it.",
    ),
    "fully_impaired": Message(
        "자본이 전액 잠식되어 신청할 수 없습니다: {member}", "{member}'s capital is fully impaired."
    ),
    "not_impaired": Message(
        "자본 전액 잠식에 해당하지 않습니다: {member}", "{member}'s capital is not fully impaired."
    ),
    "cards_alone": Message(
        "{not_alone}만으로는 공급사로 신청할 수 없습니다(제안한 카드: {cards}).",
        "Nobody applies as a provider with {not_alone} alone (offered: {cards}).",
    ),
    "cards_suffice": Message(
        "제안한 카드({cards})가 {not_alone}만은 아닙니다.",
        "The cards offered ({cards}) are more than {not_alone} alone.",
    ),
    "cards_unknown": Message(
        "제안한 카드 종류가 적혀 있지 않습니다. {not_alone}만으로는 신청할 수 없으니 담당자의 확인이 필요합니다.",
        "Nobody told which cards are offered; {not_alone} alone do not suffice. An officer checks.",
    ),
    "card_type_unknown": Message(
        "이 공고에 없는 카드 종류가 적혀 있습니다: {cards}(공고의 종류: {known}). 담당자의 확인이 필요합니다.",
        "Types of cards that the call does not have are offered: {cards} (it has: {known}). An officer checks.",
    ),
    "provider_agreement_stands": Message(
        "신청 '{application_id}'의 공급사와 협약이 체결되어 신청을 취하할 수 없습니다. 담당자에게 문의하여 주십시오.",
        "The agreement with the provider of application '{application_id}' stands; the application is not withdrawn.",
    ),
    "applicant_leads_not": Message(
        "컨소시엄 구성에 신청 기관(사업자등록번호 {business_no})이 주관사로, 하나만 적혀 있어야 합니다.",
        "The consortium must name the applicant (business number {business_no}), and it alone, as its lead.",
    ),
    "impairment_unknown": Message(
        "자본잠식 여부를 확인할 재무제표가 없습니다: {member}. 담당자의 확인이 필요합니다.",
        "No accounts of {member} show whether its capital is impaired; an officer checks.",
    ),
    "impairment_unchecked": Message(
        "{since} 이후 개업({opened_on})하여 자본잠식 검증 대상이 아닙니다: {member}. 담당자의 확인이 필요합니다.",
        "{member} opened on {opened_on}, on or after {since}: impairment is not checked; an officer looks at it.",
    ),
}

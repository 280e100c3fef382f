"""The words of the codes about drafts, their forms, who leads and manages, models, and revocation."""

from libs.common.messages.catalogue import Message

DRAFTS: dict[str, Message] = {
    "award_overlaps": Message(
        "이 공고가 따로 정한 사업의 수혜 이력이 있습니다(사업 {programme}, {year}년[[, 사용 종료 {running_until}]]).",
        "It has support of a programme on which this call decides by itself "
        "({programme}, {year}[[, in use until {running_until}]]).",
    ),
    "business_too_old": Message(
        "사업 개시일이 {opened_on}이라 개시 후 {years}년이 지났습니다. '{kind}' 자격으로는 신청할 수 없으니 "
        "해당하는 다른 자격으로 신청해 주십시오.",
        "The business was opened on {opened_on}, more than {years} years ago; '{kind}' does not apply any more. "
        "Apply as the kind that does.",
    ),
    "opening_unknown": Message(
        "'{kind}' 자격은 사업 개시 후 {years}년까지인데 사업 개시일이 등록되어 있지 않습니다.",
        "'{kind}' counts up to {years} years after the opening, and no opening day is registered.",
    ),
    "not_revocable_now": Message(
        "이 신청은 지금 '{state}' 상태라 이 사유({ground})로 취소할 수 없습니다.",
        "This application is '{state}' now and cannot be revoked on this ground ({ground}).",
    ),
    "intent_not_shown": Message(
        "이 공고는 허위 기재의 고의성이 드러난 경우에만 취소합니다. 고의성을 확인한 뒤 다시 제안해 주십시오.",
        "This call revokes a false statement only where its intent was shown. Propose again once it is.",
    ),
    "acceptance_not_overdue": Message(
        "수락 기한이 아직 지나지 않았거나 이미 수락한 신청입니다. 결과 전달을 기록하고 기한이 지난 뒤 제안해 주십시오.",
        "Its acceptance is not overdue: accepted, or its clock still runs or never started. Record the delivery of the "
        "result and propose once its term is over.",
    ),
    "deposit_not_overdue": Message(
        "자부담금 납부 기한이 지나지 않았거나 이미 납부되었습니다. 미납을 사유로 취소할 수 없습니다.",
        "The self-payment is not overdue, or it is covered; it is no ground here.",
    ),
    "no_accounts_asked": Message(
        "이 공고는 협약 전 결산재무제표를 받지 않으므로 자본잠식을 사유로 취소할 수 없습니다.",
        "This call asks for no accounts before the agreement, so impairment is no ground here.",
    ),
    "not_stated": Message(
        "신청서에 {asked_field}이(가) 아직 없습니다. 적은 뒤 다시 점검하거나 제출해 주십시오.",
        "The draft does not state the {asked_field} yet. State it, then check or submit again.",
    ),
    "form_field_missing": Message(
        "신청서 항목 '{name_ko}'이(가) 비어 있습니다.", "The form's field '{name_en}' is not filled in."
    ),
    "person_not_named": Message(
        "{asked_field}이(가) 적혀 있지 않습니다. 이 공고는 연구책임자와 실무담당자를 모두 요구합니다.",
        "The {asked_field} is not named; this call asks for a principal investigator and a manager.",
    ),
    "investigator_is_manager": Message(
        "연구책임자 '{investigator}'과(와) 실무담당자 '{manager}'은(는) 같은 사람입니다. 다른 사람이어야 합니다.",
        "Principal investigator '{investigator}' and manager '{manager}' are one person; they must be two.",
    ),
    "investigator_may_be_manager": Message(
        "연구책임자와 실무담당자의 이름이 '{investigator}'(으)로 같고 서로 구별할 정보가 없습니다. "
        "국가연구자번호나 생년월일을 적어 주십시오.",
        "Principal investigator and manager are both called '{investigator}' and cannot be told apart: "
        "give the national researcher numbers or the birth dates.",
    ),
    "investigator_and_manager_differ": Message(
        "연구책임자와 실무담당자가 서로 다른 사람입니다.", "Principal investigator and manager are two persons."
    ),
    "model_listed": Message(
        "AI 모델 '{model}'은(는) 지원 대상 목록에 있고, 사용 목적도 지원 대상입니다.",
        "The AI model '{model}' is on the published list, and its purpose is supported.",
    ),
    "model_not_listed": Message(
        "AI 모델 '{model}'은(는) 지원 대상 목록에 없습니다.", "The AI model '{model}' is not on the published list."
    ),
    "purpose_not_supported": Message(
        "사용 목적 '{purpose}'은(는) 지원 대상이 아닙니다. 지원하는 목적: {allowed}",
        "The purpose '{purpose}' is not supported. Supported: {allowed}",
    ),
}

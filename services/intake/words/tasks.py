"""What waits for people in intake, as the list of tasks says it."""

from libs.common.messages.catalogue import Message

TASKS: dict[str, Message] = {
    "task_screen_application": Message(
        "접수번호 {receipt_no}({organisation_name})의 자격을 검토해 주십시오.",
        "Screen application {receipt_no} of {organisation_name}.",
    ),
    "task_decide_claim": Message(
        "'{organisation_name}'에 대한 기관 소속 신청을 결정해 주십시오.", "Decide the claim on '{organisation_name}'."
    ),
    "task_decide_objection": Message(
        "접수번호 {receipt_no}({organisation_name})의 이의신청을 검토하고 결정해 주십시오.",
        "Decide the objection of {receipt_no} ({organisation_name}).",
    ),
    "task_revoke_silent_winner": Message(
        "접수번호 {receipt_no}({organisation_name})의 선정 수락 기한이 지났습니다. 선정을 취소할지 결정해 주십시오.",
        "{receipt_no} of {organisation_name} did not accept its selection in time. Decide whether to revoke it.",
    ),
    "task_draw_up_agreement": Message(
        "선정된 신청 {receipt_no}({organisation_name})의 협약안을 작성해 주십시오.",
        "Draw up the agreement of {receipt_no} ({organisation_name}), which was selected.",
    ),
    "task_decide_revocation": Message(
        "재평가에 따라 접수번호 {receipt_no}({organisation_name})의 선정 결과가 바뀌었습니다. "
        "선정·협약을 취소할지(사유: 이해충돌 발견) 결정해 주십시오.",
        "Judged again, {receipt_no} of {organisation_name} is not selected any more. "
        "Decide whether to revoke it (ground: conflict found).",
    ),
    "task_submit_draft": Message(
        "작성 중인 신청서를 마감 전에 최종 제출해 주십시오[[({title})]].",
        "Submit your draft before the call closes[[ ({title})]].",
    ),
    "task_answer_supplement": Message(
        "요청받은 보완을 기한 안에 제출해 주십시오(접수번호 {receipt_no}).",
        "Send what was asked for in addition before it is due ({receipt_no}).",
    ),
    "task_look_at_supplement": Message(
        "접수번호 {receipt_no}({organisation_name})의 보완이 제출되었습니다. 검토해 주십시오.",
        "The supplement of {receipt_no} ({organisation_name}) was sent. Look through it.",
    ),
    "task_accept_selection": Message(
        "선정을 기한 안에 수락해 주십시오(접수번호 {receipt_no}). 기한이 지나면 선정이 취소될 수 있습니다.",
        "Accept your selection in time ({receipt_no}). Once the time is over it may be revoked.",
    ),
    "task_sign_agreement": Message(
        "협약안을 확인하고 서명해 주십시오(접수번호 {receipt_no}).", "Read and sign the agreement of {receipt_no}."
    ),
    "task_pay_self_payment": Message(
        "자부담금 {selfpay_due_krw}원을 납부해 주십시오(접수번호 {receipt_no}).",
        "Pay the self-payment of {selfpay_due_krw} won ({receipt_no}).",
    ),
    "task_join_organisation": Message(
        "'{organisation_name}'에서 보낸 구성원 초대({member_role})에 응답해 주십시오.",
        "Answer the invitation to join '{organisation_name}' as {member_role}.",
    ),
}

"""The words of the codes about people, members, claims and the versions of an organisation."""

from libs.common.messages.catalogue import Message

MEMBERS: dict[str, Message] = {
    "managers_only": Message(
        "기관의 대표자나 실무담당자만 할 수 있습니다. 기관의 대표자나 실무담당자에게 요청해 주십시오.",
        "Only a representative or a manager of the organisation does this. Please ask one of them.",
    ),
    "last_manager": Message(
        "기관에는 대표자나 실무담당자가 한 명 이상 있어야 합니다. 다른 구성원의 역할을 먼저 바꾸거나 초대해 주십시오.",
        "An organisation keeps at least one representative or manager. "
        "First give another member that role, or invite one.",
    ),
    "invitations_max_reached": Message(
        "열려 있는 초대는 기관마다 {invitations_max}건까지 둘 수 있습니다. 쓰지 않는 초대를 철회해 주십시오.",
        "An organisation has at most {invitations_max} open invitations. Withdraw some first.",
    ),
    "invitation_unknown": Message(
        "초대 코드가 맞지 않습니다. 초대한 사람에게 코드를 다시 확인해 주십시오.",
        "No invitation has this code. Please check it with whoever invited you.",
    ),
    "invitation_of_another": Message(
        "다른 사람을 지정한 초대입니다. 지정된 사람이 로그인하여 수락하거나, 본인 앞으로 새 초대를 요청해 주십시오.",
        "This invitation names another person, who alone accepts it. Please ask for one of your own.",
    ),
    "invitation_used": Message(
        "이미 수락된 초대입니다. 초대는 한 번만 쓸 수 있으니 새 초대를 요청해 주십시오.",
        "This invitation was accepted already; each serves once. Please ask for a new one.",
    ),
    "invitation_expired": Message(
        "초대의 기한이 {until}에 지났습니다. 새 초대를 요청해 주십시오.",
        "This invitation expired at {until}. Please ask for a new one.",
    ),
    "invitation_withdrawn": Message(
        "철회된 초대입니다(기한 {until}). 새 초대를 요청해 주십시오.",
        "This invitation (good until {until}) was withdrawn. Please ask for a new one.",
    ),
    "member_already": Message(
        "이미 이 기관의 구성원입니다(역할: {member_role}). 역할은 그대로입니다.",
        "You belong to this organisation already ({member_role}); your role stays.",
    ),
    "business_number_free": Message(
        "사업자등록번호 '{business_no}'(으)로 등록된 기관이 없습니다. 기관을 직접 등록해 주십시오"
        "(POST /intake/v1/organisations).",
        "No organisation with business number '{business_no}' is registered. "
        "Register it yourself (POST /intake/v1/organisations).",
    ),
    "claims_max_reached": Message(
        "결정을 기다리는 기관 소속 신청은 한 사람이 {claims_max}건까지 둘 수 있습니다. "
        "결정을 기다리거나 쓰지 않는 신청을 철회해 주십시오.",
        "One person has at most {claims_max} claims waiting. Wait for a decision or withdraw one.",
    ),
    "claim_decided": Message(
        "기관 소속 신청 '{claim}'은(는) 이미 처리되었습니다({claim_state}).",
        "Claim '{claim}' is settled already ({claim_state}).",
    ),
    "claim_of_ones_own": Message(
        "자신이 낸 기관 소속 신청 '{claim}'은(는) 스스로 결정할 수 없습니다. 다른 담당자가 결정합니다.",
        "Nobody decides a claim of his own ('{claim}'); another officer does.",
    ),
    "facts_in_future": Message(
        "바뀐 정보의 첫날({valid_from})이 오늘({on})보다 뒤입니다. 그날이 되면 적어 주십시오.",
        "These facts would hold from {valid_from}, which is after today ({on}). Please tell them once they hold.",
    ),
    "facts_before_last": Message(
        "바뀐 정보의 첫날({valid_from})이 마지막 변경의 첫날({last})보다 앞섭니다. 그날부터의 날을 적어 주십시오.",
        "These facts would hold from {valid_from}, before the last change ({last}). Give that day or a later one.",
    ),
    "facts_unchanged": Message(
        "바뀐 내용이 없습니다. 바꿀 항목을 적어 주십시오.", "Nothing would change. Please tell what does."
    ),
    "provider_facts_by_officer": Message(
        "기관 '{organisation}'은(는) 공급사이므로 대표자와 계열사는 담당자가 고칩니다. 담당자에게 요청해 주십시오.",
        "Organisation '{organisation}' supplies cards: an officer changes its representatives and affiliates. "
        "Please ask one.",
    ),
}

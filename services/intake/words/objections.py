"""The words of the codes about objections, deliveries of results, and acceptances."""

from libs.common.messages.catalogue import Message

OBJECTIONS: dict[str, Message] = {
    "decision_not_open": Message(
        "결정 '{decision_id}'에는 이의신청을 할 수 없습니다.[[ 지금 이의신청을 할 수 있는 결정: {stands}]]",
        "Decision '{decision_id}' cannot be objected to.[[ The one that can: {stands}]]",
    ),
    "no_objections": Message("이 공고는 이의신청을 받지 않습니다.", "This call takes no objections."),
    "objection_filed": Message(
        "이 결정에는 이미 이의신청을 했습니다({objection}). 한 결정에는 한 번만 할 수 있습니다.",
        "This decision was objected to already ({objection}); it can be once.",
    ),
    "objection_too_late": Message(
        "이의신청 기간이 끝났습니다(기한: {until}).", "The time to object is over (until {until})."
    ),
    "objection_decided": Message(
        "이의신청 '{objection}'은(는) 이미 결정되었습니다({decided}).",
        "Objection '{objection}' was decided already ({decided}).",
    ),
    "objection_own_decision": Message(
        "이의신청 '{objection}'의 대상이 된 결정에 참여했으므로 결정할 수 없습니다. 다른 담당자가 결정해 주십시오.",
        "You took part in the decision that objection '{objection}' contests. Another officer has to decide.",
    ),
    "delivery_in_future": Message(
        "결과가 전달된 시각({delivered_at})이 아직 오지 않았습니다. 지금까지의 시각을 적어 주십시오.",
        "The instant of delivery ({delivered_at}) has not come yet. Write one up to now.",
    ),
    "delivery_before_result": Message(
        "결과가 전달된 시각({delivered_at})이 발표({announced_at})보다 빠릅니다.",
        "The instant of delivery ({delivered_at}) is before the announcement ({announced_at}).",
    ),
    "delivery_known": Message(
        "결과 전달이 이미 기록되어 있습니다({delivery}). 잘못 기록했으면 그 기록을 철회하고 다시 기록해 주십시오.",
        "The delivery is on record already ({delivery}). If it is wrong, withdraw it and record it anew.",
    ),
    "delivery_withdrawn": Message(
        "결과 전달 기록 '{delivery}'은(는) 이미 철회되었습니다.", "Delivery '{delivery}' was withdrawn already."
    ),
    "accepted_already": Message("{on}에 이미 수락했습니다.", "It was accepted on {on} already."),
    "acceptance_over": Message(
        "수락 기한({until})이 지났습니다. 담당자에게 문의해 주십시오.",
        "The time to accept is over (until {until}). Please ask the officer.",
    ),
}

"""The words of the codes that metering answers."""

from libs.common.messages.catalogue import Message

MESSAGES: dict[str, Message] = {
    "usage_batch_malformed": Message(
        "사용량은 이벤트를 담은 JSON 배열로 보내야 합니다.[[ {at}번째 글자까지 읽었습니다.]]",
        "Send usage as a JSON array of events.[[ It was read up to character {at}.]]",
    ),
    "usage_batch_too_long": Message(
        "한 번에 {items_max}건까지 보낼 수 있습니다(보낸 건수: {items}건). 나누어 보내 주십시오.",
        "At most {items_max} items at once, not {items}. Please send them in parts.",
    ),
    "usage_batch_without_source": Message(
        "공급사를 알 수 있는 항목이 하나도 없습니다. source에 '/providers/<공급사 코드>'를 적어 주십시오.",
        "No item names its provider: source must be '/providers/<code>'.",
    ),
    "usage_item_malformed": Message(
        "사용량 이벤트의 형식이 맞지 않습니다. {places_ko}", "This is no usage event. {places}"
    ),
    "usage_source_not_yours": Message(
        "source '{source}'로는 보낼 수 없습니다. '{expected}'만 쓸 수 있습니다.",
        "You may not report as '{source}', only as '{expected}'.",
    ),
    "usage_subject_differs": Message(
        "subject '{subject}'와 과제 번호 '{grant_id}'가 다릅니다.", "Subject '{subject}' is not the grant '{grant_id}'."
    ),
    "usage_hour_malformed": Message(
        "시각 '{hour}'을(를) 읽을 수 없습니다. 시차가 적힌 RFC 3339 시각이어야 합니다.",
        "'{hour}' is no RFC 3339 instant with an offset.",
    ),
    "usage_units_impossible": Message(
        "사용 단위 수는 0에서 {units_max} 사이여야 합니다(보낸 값: {units}).",
        "Units must lie between 0 and {units_max}, not {units}.",
    ),
    "usage_seconds_impossible": Message(
        "한 시간의 사용 시간은 0초에서 3,600초 사이여야 합니다(보낸 값: {held_s}초).",
        "The seconds held in an hour must lie between 0 and 3,600, not {held_s}.",
    ),
    "usage_utilisation_impossible": Message(
        "사용률은 0에서 100 사이여야 합니다(보낸 값: {utilisation_pct}).",
        "Utilisation must lie between 0 and 100 per cent, not {utilisation_pct}.",
    ),
    "usage_hour_not_aligned": Message(
        "사용 시각은 정시여야 합니다(보낸 값: {hour}).", "The hour must begin on the hour, not at {hour}."
    ),
    "usage_hour_not_over": Message(
        "아직 끝나지 않은 시간입니다({hour}, 현재 {now}). 그 시간이 지난 뒤 보내 주십시오.",
        "The hour {hour} is not over yet (now {now}). Send it once it is.",
    ),
    "usage_grant_unknown": Message(
        "과제 '{grant_id}'은(는) 이 공급사에 배정된 적이 없습니다.",
        "Grant '{grant_id}' was never placed with this provider.",
    ),
    "usage_not_placed": Message(
        "과제 '{grant_id}'은(는) {hour}부터 한 시간 동안 이 공급사에 배정되어 있지 않습니다.",
        "Grant '{grant_id}' is not placed with this provider in the hour from {hour}.",
    ),
    "usage_units_over": Message(
        "배정된 {units_max}단위보다 많은 {units}단위를 보냈습니다.",
        "{units} units are more than the {units_max} assigned.",
    ),
    "usage_seconds_over": Message(
        "같은 세션과 시간의 합이 3,600초를 넘습니다(이미 {held_s_before}초, 보낸 값 {held_s}초).",
        "Session and hour would hold more than 3,600 s: {held_s_before} s already, {held_s} s more.",
    ),
    "usage_conflict": Message(
        "이벤트 '{event_id}'은(는) 다른 내용으로 이미 기록되어 있습니다. 먼저 기록된 것이 유효하며,"
        " 고치려면 새 id로 정정 이벤트(corrects)를 보내 주십시오.",
        "Event '{event_id}' is on record with other data, which stands; to change it send a correction under a new id.",
    ),
    "correction_of_itself": Message(
        "정정 이벤트가 자기 자신을 정정할 수 없습니다(정정 대상: {corrects}).",
        "A correction cannot lead back to itself (corrects {corrects}).",
    ),
    "correction_repeated": Message(
        "이벤트 '{corrects}'은(는) 이미 '{corrected_by}'(으)로 정정되었습니다. 그 이벤트를 정정해 주십시오.",
        "Event '{corrects}' is already corrected by '{corrected_by}'; correct that one.",
    ),
    "correction_of_other_grant": Message(
        "이벤트 '{corrects}'은(는) 다른 과제 '{grant_id}'의 것이라 정정할 수 없습니다.",
        "Event '{corrects}' belongs to another grant ('{grant_id}').",
    ),
    "correction_of_dropped": Message(
        "이벤트 '{corrects}'은(는) 집계하지 않기로 결정된 정정입니다. 새 이벤트로 보내 주십시오.",
        "Event '{corrects}' was a correction that was dropped for good; send an event of its own.",
    ),
    "held_unknown": Message(
        "이벤트 '{event_id}'은(는) 보류된 정정이 아닙니다.", "Event '{event_id}' is no held correction."
    ),
    "held_decided": Message(
        "정정 '{event_id}'에 대해서는 이미 결정이 있습니다. 결정은 바꾸지 않습니다."
        " 집계를 고치려면 정정 이벤트를 보내 주십시오.",
        "Correction '{event_id}' was decided on already. A decision stands; to change what counts send a correction.",
    ),
    "held_behind_another": Message(
        "정정 '{event_id}'은(는) 정정 '{first}'을(를) 고친 것입니다. '{first}'에 대해 먼저 결정해 주십시오.",
        "Correction '{event_id}' corrects another held one; decide on '{first}' first.",
    ),
    "outage_in_the_future": Message(
        "아직 오지 않은 시각입니다(현재 {now}).", "The instant has not come yet (now {now})."
    ),
    "outage_ends_before_start": Message(
        "장애 종료 시각은 시작 시각({started_at})보다 뒤여야 합니다.",
        "The outage must end after its start ({started_at}).",
    ),
    "outage_scope_unknown": Message(
        "이 공급사에 없는 장애 범위입니다({scope_kind} '{scope_id}').[[ 알려진 이름: {known}.]]"
        " 아직 과제가 배정되지 않은 곳의 장애는 첫 배정 뒤에 실제 시작 시각으로 등록해 주십시오.",
        "This provider has no {scope_kind} '{scope_id}'.[[ Known names: {known}.]]"
        " An outage where no grant is placed yet can be reported from its true start once one is.",
    ),
    "outage_end_not_stated": Message(
        "공급사가 아직 복구 시각을 알리지 않았습니다. 전담기관은 복구 등록으로 바로 종료할 수 있습니다.",
        "The provider has not stated an end yet. The agency may close the outage itself.",
    ),
    "outage_end_for_the_agency": Message(
        "공급사가 알린 복구 시각과 다르거나 이의가 있는 복구 시각은 전담기관만 확인할 수 있습니다.",
        "An end that differs from the stated one, or that was questioned, is for the agency to confirm.",
    ),
    "outage_end_stated_by_you": Message(
        "복구 시각을 알린 사람은 스스로 확인할 수 없습니다. 다른 사람이 확인해 주십시오.",
        "You stated this end yourself: somebody else has to confirm it.",
    ),
    "outage_reason_missing": Message(
        "공급사가 알린 복구 시각({stated_at})과 다른 시각({ended_at})으로 확인하려면 사유를 적어 주십시오.",
        "To confirm {ended_at} in place of the stated {stated_at}, please give a reason.",
    ),
    "outage_is_withdrawn": Message(
        "이 장애는 {at}에 철회되었습니다(처리: {by}). 철회는 되돌리지 않습니다. 장애가 맞다면 새로 등록해 주십시오.",
        "This outage was withdrawn at {at} by {by}. A withdrawal is not taken back:"
        " if there was an outage after all, report it anew.",
    ),
    "statement_month_not_over": Message(
        "{month}이(가) 아직 끝나지 않아 내역서를 확정할 수 없습니다.",
        "The month {month} is not over; its statement cannot be closed yet.",
    ),
    "statement_earlier_open": Message(
        "{open} 내역서를 먼저 확정해야 {month} 내역서를 확정할 수 있습니다.",
        "Close the statement of {open} before that of {month}.",
    ),
}

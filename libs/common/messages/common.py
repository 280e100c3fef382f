"""The words of the codes that every service may answer."""

from libs.common.messages.catalogue import Message

MESSAGES: dict[str, Message] = {
    "internal_error": Message(
        "처리 중 오류가 발생했습니다. 접수된 내용은 바뀌지 않았습니다. 같은 요청을 다시 보내 주십시오.",
        "Something went wrong here. Nothing was changed. Please send the same request again.",
    ),
    "busy": Message(
        "앞선 요청을 처리하고 있어 지금은 처리하지 못했습니다."
        " 바뀐 내용은 없습니다. 잠시 후 같은 요청을 다시 보내 주십시오.",
        "Other requests are still being worked on. Nothing was changed."
        " Please send the same request again in a moment.",
    ),
    "unavailable": Message(
        "데이터베이스에 연결할 수 없어 처리하지 못했습니다."
        " 접수된 내용은 바뀌지 않았습니다. 잠시 후 다시 보내 주십시오.",
        "The database cannot be reached. Nothing was changed. Please send the same request again in a moment.",
    ),
    "not_found": Message("{thing} '{id}'을(를) 찾을 수 없습니다.", "There is no {thing} '{id}' that you may see."),
    "proposer_confirms": Message(
        "'{proposal}'은(는) 본인이 올린 제안이라 스스로 확인할 수 없습니다. 다른 담당자가 확인해 주십시오.",
        "You proposed '{proposal}' yourself: another officer has to confirm it.",
    ),
    "proposal_expired": Message(
        "'{proposal}' 제안은 확인 기한({until})이 지났습니다. 필요하면 다시 제안해 주십시오.",
        "The time to confirm '{proposal}' ended at {until}. Propose it anew if it is still wanted.",
    ),
    "proposal_outdated": Message(
        "'{proposal}' 제안이 올라온 뒤 근거가 된 내용이 바뀌었습니다. 철회하고 지금 내용으로 다시 제안해 주십시오.",
        "What '{proposal}' rests on has changed since it was proposed. Withdraw it and propose it anew.",
    ),
    "no_such_page": Message("요청한 주소가 없습니다.", "There is nothing at this address."),
    "method_not_allowed": Message("이 주소에서는 쓸 수 없는 방식입니다.", "This method is not allowed here."),
    "issuer_unavailable": Message(
        "인증 서버의 공개 키를 읽을 수 없어 토큰을 확인하지 못했습니다. 잠시 후 다시 보내 주십시오.",
        "The issuer's keys cannot be read, so your token cannot be checked. Please send the request again in a moment.",
    ),
    "too_many_requests": Message(
        "요청이 너무 잦습니다({per_s}초에 {requests_max}건까지). {retry_after_s}초 뒤에 다시 보내 주십시오.",
        "Too many requests (at most {requests_max} in {per_s} s). Please send it again in {retry_after_s} s.",
    ),
    "too_many_at_once": Message(
        "한꺼번에 보낸 요청이 너무 많습니다(동시에 {parallel_max}건까지 처리합니다)."
        " 앞선 요청의 답을 받은 뒤 다시 보내 주십시오.",
        "Too many requests at once ({parallel_max} are worked on together). Please wait for the earlier ones.",
    ),
    "lookers_busy": Message(
        "올린 파일을 확인하느라 밀려 있습니다. 바뀐 내용은 없습니다. 잠시 후 다시 보내 주십시오.",
        "Too many uploaded files wait to be looked into. Nothing was changed. Please send it again in a moment.",
    ),
    "typesetter_busy": Message(
        "문서를 만드는 요청이 밀려 있습니다. 잠시 후 다시 보내 주십시오.",
        "Too many papers are being made. Please send the same request again in a moment.",
    ),
    "body_too_slow": Message(
        "보낸 내용이 {limit_s}초 안에 다 오지 않았습니다. 연결을 확인하고 다시 보내 주십시오.",
        "The body did not arrive within {limit_s} s. Please check the connection and send it again.",
    ),
    "body_too_large": Message(
        "보낸 내용이 너무 큽니다. 이 주소에는 {bytes_max}바이트까지 보낼 수 있습니다.",
        "The body is too large: at most {bytes_max} bytes are taken here.",
    ),
    "address_too_long": Message(
        "주소가 너무 깁니다({bytes_sent}바이트). {bytes_max}바이트까지 쓸 수 있습니다.",
        "The address is too long ({bytes_sent} bytes): at most {bytes_max} bytes are taken.",
    ),
    "head_too_large": Message(
        "요청의 머리글이 너무 깁니다. 모두 합하여 {bytes_max}바이트까지 보낼 수 있습니다.",
        "The head of the request is too long: at most {bytes_max} bytes are taken in all.",
    ),
    "invalid_request": Message(
        "요청에 고칠 곳이 {count}곳 있습니다. {places_ko}", "The request is wrong in {count} places. {places}"
    ),
    "unreadable_body": Message(
        "보낸 내용을 읽을 수 없습니다. Content-Type과 내용의 형식을 확인하고 다시 보내 주십시오.",
        "The body cannot be read. Please check its Content-Type and its form, and send it again.",
    ),
    "unreadable_form": Message(
        "양식(multipart/form-data)을 읽을 수 없습니다. 끝까지 보냈는지, 파일 {files_max}개, 항목 {fields_max}개,"
        " 항목마다 {field_bytes_max}바이트를 넘지 않는지 확인해 주십시오.",
        "The form (multipart/form-data) cannot be read. Please check that it is whole and has at most {files_max} file"
        " and {fields_max} fields, each of at most {field_bytes_max} bytes.",
    ),
    "storage_full": Message(
        "저장 공간이 부족하여 받지 못했습니다. 보낸 내용은 남지 않았습니다. 운영자에게 알려 주십시오.",
        "There is no room left to keep what was sent. Nothing of it was kept. Please tell an operator.",
    ),
    "storage_unavailable": Message(
        "파일 저장소를 쓸 수 없어 처리하지 못했습니다. 바뀐 내용은 없습니다. 잠시 후 다시 보내 주십시오.",
        "The store of files cannot be used. Nothing was changed. Please send the same request again in a moment.",
    ),
    "unauthorised": Message("유효한 인증 토큰이 필요합니다.", "A valid bearer token is needed."),
    "forbidden": Message("이 작업을 할 권한이 없습니다(필요: {needs}).", "You may not do this (needs: {needs})."),
    "wrong_state": Message(
        "{thing} '{id}'은(는) 지금 '{state}' 상태라 처리할 수 없습니다(가능한 상태: {allowed})."
        "[[ 다음 절차: {next_call}]]",
        "{thing} '{id}' is '{state}'; this needs '{allowed}'.[[ Next: {next_call}]]",
    ),
    "policy_missing": Message(
        "사업 '{programme}'의 '{path}' 값이 정해지지 않았습니다. 담당자가 먼저 입력해야 합니다.",
        "Programme '{programme}' leaves '{path}' unset; an officer must fill it in first.",
    ),
    "programme_invalid": Message(
        "사업 정의가 올바르지 않습니다({count}곳): {places_ko}",
        "The programme definition is wrong in {count} places: {places}",
    ),
    "if_match_missing": Message(
        "변경하려면 If-Match 머리글에 현재 판(ETag)을 적어야 합니다.",
        "Send If-Match with the ETag that you last read.",
    ),
    "stale": Message(
        "그사이 다른 사람이 변경했습니다(현재 판 {current}). 다시 읽고 보내 주십시오.",
        "Someone changed it meanwhile (now version {current}). Read it again, then send.",
    ),
    "idempotency_key_reused": Message(
        "같은 Idempotency-Key로 다른 내용을 보냈습니다.", "This Idempotency-Key was used with another request."
    ),
    "bad_cursor": Message("cursor 값이 올바르지 않습니다.", "The cursor is not one of ours."),
    "unknown_fields": Message("없는 항목입니다: {fields}", "There are no such fields: {fields}"),
    "export_too_long": Message(
        "목록이 {rows_max}건보다 길어 파일로 내보낼 수 없습니다. 조건을 넣어 줄이십시오.",
        "The list is longer than {rows_max} rows and cannot be exported. Narrow it.",
    ),
    "event_too_large": Message(
        "한 번에 알리기에는 내용이 너무 큽니다({size_bytes}바이트, 최대 {bytes_max}바이트).",
        "This is too large to be told at once ({size_bytes} bytes, at most {bytes_max}).",
    ),
    "event_out_of_bounds": Message(
        "다른 서비스에 알릴 내용의 '{path}' 값이 범위를 벗어나 처리하지 않았습니다. 바뀐 내용은 없습니다."
        " 쓸 수 있는 값: {wanted_ko}.",
        "Nothing was changed: what would be told to the other services has at '{path}' what none of them takes."
        " It must be {wanted}.",
    ),
    "not_a_providers_call": Message(
        "'{programme}'은(는) 공급사 모집이 아닙니다.", "'{programme}' is no call for providers."
    ),
    "provider_not_agreed": Message(
        "사업 '{programme}'의 공급사는 공급사 모집({calls})으로 선정하여 협약한 곳만 될 수 있습니다. '{provider}'은(는)"
        " 협약한 공급사가 아닙니다.",
        "Providers of programme '{programme}' are those agreed with after a providers' call ({calls}); '{provider}' is"
        " not.",
    ),
    "buried": Message("운영자가 따로 두었습니다: {reason}", "An operator put this event aside: {reason}"),
    "task_confirm_proposal": Message(
        "다른 담당자의 제안 {proposal_id}을(를) 검토하여 확인하거나 거절해 주십시오({thing} {about}).",
        "Confirm or decline proposal {proposal_id} ({thing} {about}) of another officer.",
    ),
    "nothing_stands": Message("멈춰 있는 이벤트가 없습니다.", "No event stands in the way: there is nothing to free."),
    "invalid_event": Message("처리할 수 없는 이벤트입니다: {reason}", "This event can never be handled: {reason}"),
}

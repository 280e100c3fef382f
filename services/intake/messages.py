"""The words of the codes that intake answers."""

from libs.common.messages.catalogue import Message
from services.intake.words.documents import DOCUMENTS
from services.intake.words.drafts import DRAFTS
from services.intake.words.members import MEMBERS
from services.intake.words.objections import OBJECTIONS
from services.intake.words.programmes import PROGRAMMES
from services.intake.words.providers import PROVIDERS
from services.intake.words.reductions import REDUCTIONS
from services.intake.words.registry import REGISTRY
from services.intake.words.supplements import SUPPLEMENTS
from services.intake.words.tasks import TASKS
from services.intake.words.trainings import TRAININGS

_SCREENING: dict[str, Message] = {
    "submitted_in_time": Message(
        "접수 기간 안에 제출되었습니다(접수 시각 {received_at}).", "Submitted within the call (received {received_at})."
    ),
    "submitted_too_early": Message(
        "접수는 {opens_at}에 시작됩니다(도착 시각 {received_at}). 시작된 뒤 다시 제출해 주십시오.",
        "Submissions open at {opens_at} (received {received_at}). Please submit again once they are open.",
    ),
    "submitted_too_late": Message(
        "접수가 {closes_at}에 마감되어 접수할 수 없습니다(도착 시각 {received_at}).",
        "Submissions closed at {closes_at}; this one was received at {received_at}.",
    ),
    "one_track_one_product": Message(
        "트랙 {track}의 상품 {product} 하나를 신청했고, 신청 건수 한도 안입니다.",
        "It names one product ({product}) of track {track} and keeps to the number of applications.",
    ),
    "track_unknown": Message(
        "이 사업에는 '{track}' 트랙이 없습니다. 신청할 수 있는 트랙: {tracks}",
        "This programme has no track '{track}'. It has: {tracks}",
    ),
    "product_not_in_track": Message(
        "'{track}' 트랙에서는 '{product}'을(를) 신청할 수 없습니다. 신청할 수 있는 상품: {products}",
        "Track '{track}' does not offer '{product}'. It offers: {products}",
    ),
    "applications_max_reached": Message(
        "이미 {submitted}건을 제출했습니다. 이 사업에는 {applications_max}건까지 신청할 수 있습니다. "
        "다른 신청으로 바꾸려면 먼저 제출한 신청을 취하해 주십시오.",
        "{submitted} applications are submitted already and at most {applications_max} may be. "
        "Withdraw one first to submit another.",
    ),
    "request_within_bounds": Message(
        "신청 수량({units})과 기간({months}개월)이 범위 안입니다.",
        "Units ({units}) and months ({months}) are within bounds.",
    ),
    "units_out_of_bounds": Message(
        "신청 수량 {asked}은(는) 범위({least} 이상[[ {most} 이하]])를 벗어났습니다.",
        "{asked} units are outside the bounds (at least {least}[[, at most {most}]]).",
    ),
    "months_out_of_bounds": Message(
        "신청 기간 {asked}개월은 범위({least}개월 이상[[ {most}개월 이하]])를 벗어났습니다.",
        "{asked} months are outside the bounds (at least {least}[[, at most {most}]]).",
    ),
    "outside_use_window": Message(
        "희망 사용 기간({use_from}~{use_until})이 사업의 사용 기간을 벗어났습니다."
        "[[ {window_from}부터 쓸 수 있습니다.]][[ {window_until}까지 쓸 수 있습니다.]]",
        "The wished use ({use_from} to {use_until}) leaves the use window."
        "[[ Use begins on {window_from} at the earliest.]][[ It ends on {window_until} at the latest.]]",
    ),
    "applicant_kind_admitted": Message(
        "신청할 수 있는 기관 유형입니다({kind}).", "This kind of applicant may apply ({kind})."
    ),
    "applicant_kind_refused": Message(
        "이 사업에 신청할 수 없는 기관 유형입니다({kind}).", "This kind of applicant may not apply here ({kind})."
    ),
    "applicant_kind_open": Message(
        "공고에 명시되지 않은 기관 유형입니다({kind}). 담당자의 판단이 필요합니다.",
        "The notice leaves this kind of applicant open ({kind}); an officer decides.",
    ),
    "professor_needed": Message(
        "대학과 대학병원은 교수가 총괄책임자로서 신청해야 합니다.",
        "A university or university hospital applies through a professor as principal investigator.",
    ),
    "youth_not_claimed": Message(
        "청년기업 감면을 신청하지 않았습니다.", "No reduction for youth enterprises is claimed."
    ),
    "youth_met": Message(
        "청년기업입니다(대표자 생년월일 {born_on_or_after} 이후).",
        "It is a youth enterprise (a representative was born on or after {born_on_or_after}).",
    ),
    "youth_not_met": Message(
        "청년기업 요건([[대표자 생년월일 {born_on_or_after} 이후, ]]인정되는 기업 형태)에 해당하지 않습니다. "
        "감면은 적용되지 않으며 신청 자격에는 영향이 없습니다.",
        "It is no youth enterprise ([[a representative born on or after {born_on_or_after}, ]]a legal form that "
        "counts): no reduction applies. Eligibility is not affected.",
    ),
    "no_repeated_support": Message(
        "중복 지원에 해당하는 수혜 이력이 없습니다.", "No earlier support stands in the way."
    ),
    "award_listed": Message(
        "중복 지원 제한 사업의 수혜 이력이 있습니다(사업 {programme}, {year}년[[, 사용 종료 {running_until}]]).",
        "It has support of a listed programme ({programme}, {year}[[, in use until {running_until}]]).",
    ),
    "award_unlisted": Message(
        "다른 정부 사업의 수혜 이력이 있습니다(사업 {programme}, {year}년[[, 사용 종료 {running_until}]]). "
        "담당자의 판단이 필요합니다.",
        "It has support of another government programme ({programme}, {year}[[, in use until {running_until}]]); "
        "an officer decides.",
    ),
    "awards_max_exceeded": Message(
        "이번 건을 포함하면 {awards}건으로, 지원 한도 {awards_max}건을 넘습니다.",
        "With this one it would have {awards} awards; at most {awards_max} are allowed.",
    ),
    "no_restriction_in_force": Message("{on} 기준 참여 제한 사유가 없습니다.", "No restriction is in force on {on}."),
    "restriction_in_force": Message(
        "{on} 기준 참여 제한 사유({kind})가 있습니다([[대상 {of}, ]]기간 {from}부터[[ {until}까지]]).",
        "On {on} a restriction ({kind})[[ of {of}]] is in force (from {from}[[ to {until}]]).",
    ),
    "arrears_with_instalments": Message(
        "{on} 기준 체납이 있으나 분납 계획이 승인되었습니다[[(대상 {of})]]. 담당자의 판단이 필요합니다.",
        "On {on} there are arrears[[ of {of}]] with an approved instalment plan; an officer decides.",
    ),
    "documents_complete": Message(
        "제출 서류가 갖추어졌습니다({documents}건).", "All documents are there ({documents})."
    ),
    "document_missing": Message("제출 서류가 없습니다: {name_ko}", "A document is missing: {name_en}"),
    "document_unknown": Message(
        "이 사업의 제출 서류 목록에 없는 서류입니다: {file_name}({document})",
        "This is none of the programme's documents: {file_name} ({document})",
    ),
    "document_wrong_format": Message(
        "파일 '{file_name}'의 형식({found})이 맞지 않습니다. 낼 수 있는 형식: {allowed}",
        "The format of file '{file_name}' ({found}) does not fit; this document must be one of: {allowed}",
    ),
    "document_damaged": Message(
        "파일 '{file_name}'이(가) 손상되었거나 끝까지 오지 않아 열 수 없습니다. 원본을 확인하고 다시 올려 주십시오.",
        "File '{file_name}' is damaged or cut off and cannot be opened. Please check the original and upload it again.",
    ),
    "document_not_what_it_says": Message(
        "파일 '{file_name}'의 이름이 내용의 형식({found})과 맞지 않습니다[[(이름의 형식: {said})]].",
        "The name of file '{file_name}' does not fit what it holds ({found})[[; it says {said}]].",
    ),
    "document_file_name": Message(
        "파일 이름 '{file_name}'이(가) 작성 방법('{wanted}')과 다릅니다.",
        "File name '{file_name}' does not follow '{wanted}'.",
    ),
    "business_number_holds": Message("사업자등록번호가 올바릅니다.", "The business registration number holds."),
    "business_number_wrong": Message(
        "사업자등록번호 '{business_no}'이(가) 올바르지 않습니다. 10자리 번호를 다시 확인해 주십시오.",
        "'{business_no}' is no business registration number. Please check its ten digits.",
    ),
}

_STEPS: dict[str, Message] = {
    "officer_decision_needed": Message(
        "규칙 {rule}에 담당자의 판단이 필요합니다: {reason_ko}", "Rule {rule} needs an officer's decision: {reason_en}"
    ),
    "decided_against": Message(
        "담당자가 규칙 {rule}에 대해 부적합으로 판단했습니다: {reason}",
        "An officer decided against it by rule {rule}: {reason}",
    ),
    "checked_by_agency": Message("기관이 확인합니다.", "Checked by the agency."),
    "agency_still_checks": Message(
        "협약에 앞서 기관이 확인하고 있습니다. 확인이 끝나면 담당자가 알려 드립니다.",
        "The agency still checks before the agreement; an officer lets you know once it is done.",
    ),
    "applicant_writes_alone": Message(
        "신청서를 쓰고 고치고 제출하고 취하하거나 협약을 체결하는 것은 신청 기관만 할 수 있습니다. "
        "전담기관은 내용을 대신 쓰지 않고 보완을 요청합니다.",
        "Only the applicant writes, submits, signs or withdraws an application. "
        "The agency asks for supplements; it does not write.",
    ),
    "rule_not_screened": Message(
        "규칙 {rule}은(는) 이 단계에서 심사한 규칙이 아닙니다. 심사한 규칙: {rules}",
        "Rule {rule} was not screened at this step. Screened: {rules}",
    ),
    "business_number_taken": Message(
        "사업자등록번호 '{business_no}'은(는) 이미 등록되어 있습니다. 이 기관의 구성원이라면 초대를 받거나 "
        "기관 소속 신청({next_call})을 해 주십시오. 담당자가 확인하여 결정합니다.",
        "An organisation with business number '{business_no}' is registered already. If it is yours, ask a member for "
        "an invitation, or claim it ({next_call}): an officer decides.",
    ),
    "organisation_kind_reserved": Message(
        "'{organisation_kind}'은(는) 기관이 스스로 고를 수 있는 유형이 아닙니다. 공급사는 담당자가 따로 등록하니, "
        "기관의 실제 유형(예: sme, university)을 적어 주십시오.",
        "No organisation registers as '{organisation_kind}': officers register providers. "
        "Please give the organisation's own kind, such as sme or university.",
    ),
    "organisation_has_other_number": Message(
        "기관 '{organisation}'의 사업자등록번호가 적어 주신 번호와 다릅니다. 번호나 기관을 확인해 주십시오.",
        "Organisation '{organisation}' has another business number than the one given. Please check both.",
    ),
    "no_member_has_number": Message(
        "사업자등록번호 '{business_no}'은(는) 이 공급사의 참여사 번호가 아닙니다. 공급사의 참여사를 확인해 주십시오.",
        "No member of this provider has business number '{business_no}'. Please look at its members.",
    ),
    "check_names_nobody": Message(
        "점검할 공급사 코드(provider_id)나 참여사(members) 가운데 하나를 적어 주십시오.",
        "Name either a registered provider (provider_id) or the companies to check (members).",
    ),
    "accounts_without_provider": Message(
        "재무제표(accounts)는 등록된 공급사(provider_id)의 참여사를 말할 때만 적습니다. "
        "등록되지 않은 회사는 members의 fully_impaired에 적어 주십시오.",
        "Accounts are told of a registered provider (provider_id) only. "
        "Of other companies say it in members, as fully_impaired.",
    ),
    "accounts_twice": Message(
        "사업자등록번호 '{business_no}'의 재무제표가 두 번 있습니다. 한 번만 적어 주십시오.",
        "The accounts of business number '{business_no}' are told twice. Tell them once.",
    ),
    "provider_taken": Message(
        "공급사 코드 '{provider}'은(는) 이미 등록되어 있습니다. 대소문자나 띄어쓰기만 다른 코드도 같은 코드입니다.",
        "A provider with code '{provider}' is registered already; case and blanks do not tell codes apart.",
    ),
    "drafts_max_reached": Message(
        "작성 중인 신청은 기관마다 {drafts_max}건까지 둘 수 있습니다. "
        "쓰지 않는 신청을 취하하거나 제출한 뒤 다시 시도해 주십시오.",
        "An organisation has at most {drafts_max} drafts. Withdraw or submit one first.",
    ),
    "organisation_bytes_reached": Message(
        "기관이 올린 서류가 이미 {kept_mib}MiB입니다. "
        "한도는 {organisation_mib_max}MiB이니 쓰지 않는 서류를 지워 주십시오.",
        "The organisation's documents take {kept_mib} MiB; at most {organisation_mib_max} MiB are kept. "
        "Please remove some first.",
    ),
    "investigator_not_told_apart": Message(
        "연구책임자 '{name}'을(를) 구별할 수 없습니다. 국가연구자번호나 생년월일을 적어 주십시오.",
        "Principal investigator '{name}' cannot be told apart: give the national researcher number or the birth date.",
    ),
    "member_twice": Message(
        "사업자등록번호 '{business_no}'이(가) 참여사 가운데 두 번 있습니다. 참여사는 한 번씩만 적어 주십시오.",
        "Business number '{business_no}' is named twice among the members. Name each member once.",
    ),
    "affiliate_number_wrong": Message(
        "계열사 사업자등록번호 '{business_no}'이(가) 올바르지 않습니다.",
        "'{business_no}' among the affiliates is no business registration number.",
    ),
    "restriction_ends_before": Message(
        "참여 제한은 이미 {until}에 끝나는 것으로 기록되어 있어 {last_day}로 늦출 수 없습니다. "
        "더 오래 제한해야 하면 새로 기록해 주십시오.",
        "The restriction is recorded to end on {until}; it cannot end later, on {last_day}. "
        "Record a further one if it bars for longer.",
    ),
    "restriction_ends_then": Message(
        "참여 제한 '{fact}'은(는) 이미 {last_day}에 끝나는 것으로 되어 있습니다. 바뀐 내용은 없습니다.",
        "Restriction '{fact}' ends on {last_day} already. Nothing was changed.",
    ),
    "fact_withdrawn": Message(
        "기록 '{fact}'은(는) {on}에 철회되었습니다. 철회는 되돌릴 수 없으니 필요하면 새로 기록해 주십시오.",
        "Record '{fact}' was withdrawn on {on}. A withdrawal is not taken back: record the fact anew if it holds.",
    ),
    "fact_unknown": Message("'{fact}' 기록이 없습니다.", "There is no record '{fact}'."),
    "period_backwards": Message(
        "마지막 날({until})이 첫날({from})보다 앞섭니다.", "The last day ({until}) lies before the first ({from})."
    ),
    "document_empty": Message("빈 파일은 올릴 수 없습니다: {file_name}", "The file is empty: {file_name}"),
    "document_unsafe": Message(
        "압축 안의 항목이 {entries_max}개를 넘거나 풀었을 때 {expanded_mib_max}MiB를 넘는 등 풀기에 위험한"
        " 파일이라 받지 않았습니다: {file_name}. 내용을 나누거나 PDF로 바꾸어 올려 주십시오.",
        "This file is dangerous to unpack and was not taken (more than {entries_max} entries inside, more than"
        " {expanded_mib_max} MiB unpacked, or entries that overlap): {file_name}."
        " Please split it or send it as a PDF.",
    ),
    "documents_folder_wrong": Message(
        "서류 저장소가 이 시스템의 것이 아니거나 사라져 서류를 올리거나 내려받을 수 없습니다."
        " 바뀐 내용은 없습니다. 운영자에게 알려 주십시오.",
        "The documents folder is gone or is not the one of this system: documents can be neither kept nor read."
        " Nothing was changed. Please tell an operator.",
    ),
    "document_missing_file": Message(
        "서류 '{document_id}'({file_name})의 파일이 저장소에 없거나 온전하지 않습니다."
        " 신청 내용은 그대로이며, 운영자가 서류 저장소를 확인해야 합니다.",
        "The file of document '{document_id}' ({file_name}) is missing from the store or not whole."
        " The application is as it was; an operator has to look at the documents folder.",
    ),
    "documents_max_reached": Message(
        "한 신청에는 서류를 {documents_max}건까지 올릴 수 있습니다.",
        "An application holds at most {documents_max} documents.",
    ),
}

MESSAGES: dict[str, Message] = {
    **_SCREENING,
    **PROVIDERS,
    **_STEPS,
    **REDUCTIONS,
    **DRAFTS,
    **MEMBERS,
    **REGISTRY,
    **TASKS,
    **TRAININGS,
    **DOCUMENTS,
    **SUPPLEMENTS,
    **OBJECTIONS,
    **PROGRAMMES,
}

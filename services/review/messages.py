"""The words of the codes that review answers."""

from libs.common.messages.catalogue import Message

MESSAGES: dict[str, Message] = {
    "panel_size": Message(
        "평가위원회의 위원은 {seats_min}인 이상[[ {seats_max}인 이하]]이어야 합니다(현재 {seats}인).",
        "A panel has at least {seats_min}[[ and at most {seats_max}]] reviewers (here {seats}).",
    ),
    "seat_taken": Message("{seat}번 위원석은 이미 배정되었습니다.", "Seat {seat} is taken."),
    "reviewer_already_seated": Message(
        "위원 '{reviewer_id}'은(는) 이미 이 위원회에 위촉되었습니다.",
        "Reviewer '{reviewer_id}' sits on this panel already.",
    ),
    "panel_takes_all_already": Message(
        "트랙 {track}의 '{stage}' 단계는 다른 위원회가 모든 과제를 맡고 있습니다. 과제를 지정하여 주십시오.",
        "Another panel takes all of track {track}, stage '{stage}'; name the applications.",
    ),
    "stage_unknown": Message(
        "트랙 {track}에는 '{stage}' 단계가 없습니다(가능: {stages}).",
        "Track {track} has no stage '{stage}' (it has: {stages}).",
    ),
    "applications_not_in_stage": Message(
        "이 단계의 평가 대상이 아니거나 이미 위원회가 정해진 과제가 있습니다: {applications}",
        "These applications are not in this stage or have a panel already: {applications}",
    ),
    "no_substitute_needed": Message("대체 위원이 필요한 과제가 없습니다.", "No application needs a substitute."),
    "stage_not_skippable": Message(
        "트랙 {track}의 서류평가는 생략할 수 없습니다.", "The document stage of track {track} may not be skipped."
    ),
    "stage_skipped_already": Message(
        "트랙 {track}의 서류평가는 이미 생략되었습니다.", "The document stage of track {track} is skipped already."
    ),
    "stage_closed": Message(
        "과제 '{application_id}'의 '{stage}' 평가는 이미 마감되어 점수를 받지 않습니다.",
        "Stage '{stage}' of application '{application_id}' is closed; no more scores are taken.",
    ),
    "conflict_of_interest": Message(
        "이해충돌이 있는 위원({seat}번)은 과제 '{application_id}'을(를) 평가할 수 없습니다.",
        "Seat {seat} has a conflict of interest and cannot score application '{application_id}'.",
    ),
    "no_conflict_on_record": Message(
        "위원({seat}번)에게는 과제 '{application_id}'에 대하여 기록된 이해충돌이 없습니다.",
        "No conflict of interest of seat {seat} in application '{application_id}' is on record.",
    ),
    "conflict_by_employer": Message(
        "위원({seat}번)의 소속 기관이 과제 '{application_id}'의 신청 기관이므로 이해충돌을 철회할 수 없습니다.",
        "The applicant of '{application_id}' employs seat {seat}: the conflict of interest cannot be taken back.",
    ),
    "substitute_seated_already": Message(
        "과제 '{application_id}'에는 이해충돌이 기록된 뒤 대체 위원({substitute}번)이 위촉되어, 위원({seat}번)의"
        " 이해충돌을 철회할 수 없습니다.",
        "Substitute {substitute} was seated for application '{application_id}' since; seat {seat} keeps its conflict.",
    ),
    "conflict_known_already": Message(
        "과제 '{application_id}'에 대한 위원({seat}번)의 이해충돌은 이미 반영되어 그 점수는 평가에 들어 있지 않습니다.",
        "The conflict of seat {seat} in application '{application_id}' is known already; its score does not count.",
    ),
    "no_sheet_to_set_aside": Message(
        "위원({seat}번)은 과제 '{application_id}'의 점수를 내지 않아 다시 평가할 까닭이 없습니다.",
        "Seat {seat} gave application '{application_id}' no score: there is nothing to set aside.",
    ),
    "stage_not_skipped": Message(
        "트랙 {track}의 서류평가는 생략되어 있지 않습니다.", "The document stage of track {track} is not skipped."
    ),
    "sheet_given_already": Message(
        "위원({seat}번)은 과제 '{application_id}'의 '{stage}' 점수를 이미 제출하였습니다.",
        "Seat {seat} has already scored stage '{stage}' of application '{application_id}'.",
    ),
    "criterion_missing": Message(
        "평가항목 '{criterion}'의 점수가 없습니다.", "The score of criterion '{criterion}' is missing."
    ),
    "criterion_unknown": Message(
        "평가항목 '{criterion}'은(는) 배점표에 없습니다.", "The rubric has no criterion '{criterion}'."
    ),
    "score_out_of_range": Message(
        "평가항목 '{criterion}'의 점수 {score}은(는) 0점에서 {max}점 사이가 아닙니다.",
        "The score {score} of criterion '{criterion}' is not between 0 and {max}.",
    ),
    "score_decimals": Message(
        "평가항목 '{criterion}'의 점수 {score}은(는) 소수점 둘째 자리까지만 적을 수 있습니다.",
        "The score {score} of criterion '{criterion}' has more than two decimals.",
    ),
    "screening_open": Message(
        "사전검토가 끝나지 않은 과제가 {count}건 있습니다: {applications}",
        "Screening is not over for {count} applications: {applications}",
    ),
    "stage_open": Message(
        "평가가 끝나지 않은 과제가 {count}건 있습니다: {applications}",
        "Scoring is not over for {count} applications: {applications}",
    ),
    "pool_announced_already": Message(
        "트랙 {track}의 선정 결과는 이미 발표되었습니다({selection_id}).",
        "The selection of track {track} is announced already ({selection_id}).",
    ),
    "selection_stale": Message(
        "선정안 '{selection_id}'을(를) 만든 뒤 신청이나 한도가 바뀌었습니다. 다시 계산한 뒤 발표하여 주십시오.",
        "Applications or limits changed since selection '{selection_id}' was drawn; draw it again, then announce.",
    ),
    "quota_not_relaxable": Message(
        "이 트랙의 민간 비율은 완화할 수 없습니다.", "The sector quota of this track may not be relaxed."
    ),
    "private_ones_suffice": Message(
        "기준을 넘은 민간 과제({private}건)가 공공 과제({public}건)보다 부족하지 않아 비율을 완화할 수 없습니다.",
        "Enough private applications pass ({private}, public {public}); the quota may not be relaxed.",
    ),
    "places_not_unfilled": Message(
        "'{pool}'에서 옮길 수 있는 빈자리는 {unfilled}건입니다(요청 {places}건).",
        "Pool '{pool}' has {unfilled} unfilled places to move (asked: {places}).",
    ),
    "deliberation_not_foreseen": Message(
        "이 트랙은 심의위원회 조정을 두고 있지 않습니다.", "This track has no deliberation committee."
    ),
    "deliberation_raises": Message(
        "심의위원회는 과제 '{application_id}'의 물량({units})이나 기간({months}개월)을 늘릴 수 없습니다.",
        "The committee may not raise application '{application_id}' above {units} units and {months} months.",
    ),
    "deliberation_changes_nothing": Message(
        "과제 '{application_id}'의 물량과 기간이 신청한 그대로입니다({units}, {months}개월).",
        "Application '{application_id}' asked for just that: {units} units and {months} months.",
    ),
    "deliberation_leaves_nothing": Message(
        "과제 '{application_id}'에는 1 이상의 물량과 1개월 이상의 기간이 남아야 합니다.",
        "Application '{application_id}' must keep at least 1 unit and 1 month.",
    ),
    "reason_missing": Message("사유를 적어야 합니다.", "A reason is needed."),
}

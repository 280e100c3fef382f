"""The words of the codes that review answers."""

from libs.common.messages.catalogue import Message
from services.review.words.providers import PROVIDERS
from services.review.words.tasks import TASKS

MESSAGES: dict[str, Message] = {
    **PROVIDERS,
    **TASKS,
    "panel_size": Message(
        "평가위원회의 위원은 {seats_min}인 이상[[ {seats_max}인 이하]]이어야 합니다(현재 {seats}인).",
        "A panel has at least {seats_min}[[ and at most {seats_max}]] reviewers (here {seats}).",
    ),
    "seat_reason_missing": Message(
        "위원이 {seats_max}인을 넘으면(현재 {seats}인) 넘는 위원석 {above}개에 사유를 적어야 합니다.",
        "With more than {seats_max} reviewers (here {seats}) the {above} seats above that number need a reason.",
    ),
    "seat_taken": Message("{seat}번 위원석은 이미 배정되었습니다.", "Seat {seat} is taken."),
    "reviewer_already_seated": Message(
        "위원 '{reviewer_id}'은(는) 이미 이 위원회에 위촉되었습니다.",
        "Reviewer '{reviewer_id}' sits on this panel already.",
    ),
    "reviewer_already_invited": Message(
        "위원 '{reviewer_id}'은(는) 이 위원회의 위촉을 이미 사양하였거나 이 위원회의 위원입니다.",
        "Reviewer '{reviewer_id}' has declined a seat of this panel or sits on it already.",
    ),
    "invitation_answered_already": Message(
        "위원회 '{panel_id}'의 {seat}번 위원석에 대한 위촉에는 이미 답하셨습니다.",
        "The invitation to seat {seat} of panel '{panel_id}' is answered already.",
    ),
    "slot_times": Message(
        "발표 시간은 지금보다 뒤에 시작하여 하루 안에 끝나야 합니다.",
        "A presentation begins in the future and ends within a day.",
    ),
    "place_taken": Message(
        "'{place}'에는 그 시간에 다른 발표({slot_id})가 있습니다.",
        "'{place}' is taken by another presentation ({slot_id}) at that time.",
    ),
    "not_a_printed_day": Message(
        "공고가 정한 발표일은 {days}입니다. {day}에 발표하려면 사유를 적어야 합니다.",
        "The notice names {days} for presentations; {day} needs a reason.",
    ),
    "does_not_present": Message(
        "신청 '{application_id}'은(는) 이 트랙의 발표평가 대상이 아닙니다.",
        "Application '{application_id}' does not present in this track.",
    ),
    "slot_taken": Message("발표 시간 '{slot_id}'에는 다른 신청이 있습니다.", "Slot '{slot_id}' is taken."),
    "presentation_answered_already": Message(
        "발표 시간 '{slot_id}'의 참석 여부를 이미 회신하셨습니다.",
        "The invitation to slot '{slot_id}' is answered already.",
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
    "reading_closed": Message(
        "과제 '{application_id}'의 '{stage}' 평가가 마감되어 더 열람할 수 없습니다.",
        "Stage '{stage}' of application '{application_id}' is closed; it can no longer be read.",
    ),
    "conflict_keeps_from_reading": Message(
        "이해충돌이 있는 위원({seat}번)은 과제 '{application_id}'을(를) 열람할 수 없습니다.",
        "Seat {seat} has a conflict of interest and cannot read application '{application_id}'.",
    ),
    "draft_saved_since": Message(
        "과제 '{application_id}'의 '{stage}' 평가표를 다른 창에서 저장하였습니다. 다시 불러온 뒤 저장하여 주십시오.",
        "The sheet of stage '{stage}' of application '{application_id}' was saved in another window; read it again.",
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
    "result_selected": Message(
        "[[순위 {rank}위, ]]{score}점으로 선정되었습니다.", "Selected with {score} points[[, rank {rank}]]."
    ),
    "result_moved_up": Message(
        "[[순위 {rank}위, ]]{score}점으로 예비 순위에서 올라와 선정되었습니다.",
        "Selected from the waiting list with {score} points[[, rank {rank}]].",
    ),
    "result_below_threshold": Message(
        "점수 {score}점이 통과 기준[[({threshold}점)]]에 미치지 못합니다.",
        "The score {score} does not reach the threshold[[ of {threshold}]].",
    ),
    "result_not_eligible": Message("사전검토에서 부적격으로 결정되었습니다.", "Screening found it ineligible."),
    "result_withdrawn": Message("신청이 철회되었습니다.", "The application was withdrawn."),
    "result_revoked": Message("선정이 취소되었습니다.", "The selection was revoked."),
    "result_not_selected": Message("선정되지 않았습니다.", "Not selected."),
    "limit_cutoff": Message(
        "앞 순위에서 자원이나 예산이 모자라 선정이 끝났습니다[[({rank}위, {score}점)]].",
        "The pool ended at an application ranked before it that did not fit[[ (rank {rank}, {score} points)]].",
    ),
    "limit_capacity": Message(
        "앞 순위를 채우고 남은 자원이 신청한 물량보다 적습니다[[({rank}위, {score}점)]].",
        "What is left of the cards is less than it asks for[[ (rank {rank}, {score} points)]].",
    ),
    "limit_budget": Message(
        "앞 순위를 채우고 남은 예산이 이 신청의 지원 금액보다 적습니다[[({rank}위, {score}점)]].",
        "What is left of the budget is less than its subsidy[[ (rank {rank}, {score} points)]].",
    ),
    "limit_projects": Message(
        "앞 순위에서 선정 건수가 모두 찼습니다[[({rank}위, {score}점)]].",
        "All places went to applications ranked before it[[ (rank {rank}, {score} points)]].",
    ),
    "limit_counting_unit": Message(
        "같은 기관의 다른 신청이 선정되어 기관별 한도가 찼습니다[[({rank}위, {score}점)]].",
        "Its organisation has as many selected applications as it may[[ (rank {rank}, {score} points)]].",
    ),
    "limit_quota": Message(
        "민간·공공 비율을 지키려면 선정할 수 없습니다[[({rank}위, {score}점)]].",
        "The sector quota leaves it no place[[ (rank {rank}, {score} points)]].",
    ),
    "score_would_suffice": Message(
        "다른 조건이 같다면 {score}점이면 선정되었습니다.", "With {score} points, all else equal, it would be selected."
    ),
    "score_would_lead_on": Message(
        "{score}점이면 다음 단계 평가를 받았습니다.", "With {score} points it would have gone on to the next stage."
    ),
    "no_score_suffices": Message(
        "다른 조건이 같다면 어떤 점수로도 선정될 수 없었습니다.",
        "All else equal, no score would have been enough.",
    ),
    "next_agreement": Message("협약 절차를 안내받게 됩니다.", "You will be told how the agreement is made."),
    "next_acceptance": Message(
        "결과를 통지받은 날부터 {days}일 안에 수락 여부를 알려 주십시오.",
        "Accept or decline within {days} days from the delivery of the result.",
    ),
    "next_waiting": Message(
        "선정자가 빠지면 예비 순위[[ {place}번]]에 따라 선정될 수 있습니다.",
        "You move up when selected ones go[[; your place on the waiting list is {place}]].",
    ),
    "next_objection": Message(
        "발표일부터 {days}일 안에 이의신청을 할 수 있습니다.", "You may object within {days} days of the announcement."
    ),
    "next_none": Message("이 신청의 심사가 끝났습니다.", "The review of this application is over."),
    "panel_still_open": Message(
        "위원회 '{panel_id}'의 평가가 끝나지 않은 과제가 {count}건 있어 점수를 견줄 수 없습니다.",
        "{count} applications of panel '{panel_id}' are still scored: their scores are sealed.",
    ),
    "planning_price_unset": Message(
        "계획 단가가 정해지지 않아 예산 한도를 가정할 수 없습니다.",
        "No planning price is set, so no budget can be tried.",
    ),
    "pool_without_share": Message(
        "'{pool}'에는 배정 비율이 정해져 있지 않습니다.", "Pool '{pool}' has no share of the places."
    ),
    "places_move_nowhere": Message(
        "'{pool}'의 빈자리를 같은 곳으로 옮길 수 없습니다.", "Places of pool '{pool}' cannot be moved to itself."
    ),
    "pool_not_drawn": Message(
        "'{pool}'의 선정을 아직 실행하지 않아 빈자리를 알 수 없습니다.",
        "The selection of pool '{pool}' was not run yet: nobody knows what stays unfilled.",
    ),
    "no_places_to_divide": Message(
        "이 사업은 자리를 비율로 나누지 않습니다.", "This programme divides no places by shares."
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

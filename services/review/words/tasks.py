"""What waits for people in review, as the list of tasks says it."""

from libs.common.messages.catalogue import Message

TASKS: dict[str, Message] = {
    "task_answer_conflict": Message(
        "접수번호 {receipt_no}의 {stage}에 이해충돌이 있는지 답해 주십시오.",
        "Say whether you have a conflict of interest in {receipt_no} ({stage} stage).",
    ),
    "task_score_application": Message(
        "접수번호 {receipt_no}의 {stage} 평가표를 제출해 주십시오.",
        "Hand in your sheet of {receipt_no} ({stage} stage).",
    ),
    "task_answer_panel_invitation": Message(
        "평가위원회 {thing_id}({track} 트랙 {stage}) 위촉 요청에 응답해 주십시오.",
        "Accept or decline the seat on panel {thing_id} (track {track}, {stage} stage).",
    ),
    "task_answer_presentation": Message(
        "{starts_at} 발표(접수번호 {receipt_no})에 참석하는지 회신해 주십시오.",
        "Say whether you come to present {receipt_no} at {starts_at}.",
    ),
    "task_remind_reviewer": Message(
        "평가위원회 {thing_id}의 {seat}번 위원({title})이 기한이 지난 평가표 {sheets}건을 제출하지 않았습니다. "
        "독촉하거나 대체 위원을 위촉해 주십시오.",
        "Seat {seat} of panel {thing_id} ({title}) owes sheets past their due time: {sheets}. Remind or replace.",
    ),
    "task_run_selection": Message(
        "사업 '{programme}' {track} 트랙의 평가가 모두 끝났습니다(신청 {applications}건). 선정을 실행해 주십시오.",
        "All applications of '{programme}', track {track}, are reviewed ({applications}). Run the selection.",
    ),
    "task_announce_selection": Message(
        "선정안 {thing_id}을(를) 검토하고 발표를 제안해 주십시오(사업 '{programme}' {track} 트랙).",
        "Look through selection {thing_id} ('{programme}', track {track}) and propose to announce it.",
    ),
}

"""The words of the codes about mandatory courses."""

from libs.common.messages.catalogue import Message

TRAININGS: dict[str, Message] = {
    "no_mandatory_course": Message(
        "사업 '{programme}'에는 의무 교육이 없어 참석을 기록할 수 없습니다.",
        "Programme '{programme}' has no mandatory course, so there is no attendance to record.",
    ),
    "attended_in_future": Message(
        "교육 참석일({attended_on})이 아직 오지 않았습니다. 오늘({on})까지의 날짜를 적어 주십시오.",
        "The day of attendance ({attended_on}) has not come yet. Write a day up to today ({on}).",
    ),
    "attendance_known": Message(
        "같은 교육 참석이 이미 기록되어 있습니다({attendance}, {people}명). "
        "인원이 다르면 그 기록을 철회하고 다시 기록해 주십시오.",
        "The same attendance is on record already ({attendance}, people: {people}). "
        "If their number is wrong, withdraw that record and record it anew.",
    ),
    "attendance_withdrawn": Message(
        "교육 참석 기록 '{attendance}'은(는) {on}에 이미 철회되었습니다. 필요하면 새로 기록해 주십시오.",
        "Attendance '{attendance}' was withdrawn on {on} already. Record it anew if it holds.",
    ),
    "attendance_used": Message(
        "이용이 이미 시작되었거나 끝난 과제여서 교육 참석 기록 '{attendance}'을(를) 철회할 수 없습니다.",
        "Use has begun or is over, so attendance '{attendance}' can no longer be withdrawn.",
    ),
}

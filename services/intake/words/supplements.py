"""The words of the codes about supplements."""

from libs.common.messages.catalogue import Message

SUPPLEMENTS: dict[str, Message] = {
    "no_supplements": Message(
        "이 공고는 보완을 요청하지 않습니다. 제출한 서류만으로 판단해 주십시오.",
        "This call asks for no supplements: decide by what was submitted.",
    ),
    "supplement_names_nothing": Message(
        "보완할 서류나 신청서 항목을 하나 이상 적어 주십시오.",
        "Name at least one document or field of the form to be supplemented.",
    ),
    "supplement_unknown": Message(
        "이 공고의 제출 서류나 신청서 항목이 아닙니다: {unknown}",
        "These are neither documents nor fields of the form of this call: {unknown}",
    ),
    "supplements_max_reached": Message(
        "한 신청에는 보완을 {supplements_max}번까지 요청할 수 있습니다.",
        "One application may be asked for at most {supplements_max} supplements.",
    ),
    "supplement_due_over": Message(
        "보완 기한({due_on})이 이미 지난 날입니다. 오늘({on})이나 그 뒤의 날짜를 적어 주십시오.",
        "The last day ({due_on}) is over already. Write today ({on}) or a later day.",
    ),
    "supplement_not_extended": Message(
        "연장한 기한({due_on})은 지금의 기한({before})보다 뒤여야 합니다.",
        "The new last day ({due_on}) must be later than the present one ({before}).",
    ),
    "supplement_answered": Message(
        "보완 요청 '{supplement}'에는 {on}에 이미 답했습니다. 더 고칠 것이 있으면 담당자에게 새 보완 요청을"
        " 부탁해 주십시오.",
        "Supplement '{supplement}' was answered on {on} already. Ask the officer for a new one to change more.",
    ),
    "supplement_over": Message(
        "보완 요청 '{supplement}'의 기한({due_on} 24:00)이 지났습니다. 담당자가 기한을 연장하면 제출할 수 있습니다.",
        "Supplement '{supplement}' was due until {due_on} 24:00. It can be answered once an officer extends it.",
    ),
    "supplement_not_asked": Message(
        "보완을 요청하지 않은 것입니다: {beside}. 요청한 것: {asked}",
        "This was not asked for: {beside}. What was: {asked}",
    ),
    "supplement_empty": Message(
        "보완 요청 '{supplement}'에 낼 것이 없습니다. 서류를 올리거나 신청서 항목을 적은 뒤 제출해 주십시오.",
        "There is nothing to answer supplement '{supplement}' with. Upload a document or fill in a field first.",
    ),
}

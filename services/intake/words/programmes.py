"""The words of what a definition may not say beside those in force."""

from libs.common.messages.catalogue import Message

PROGRAMMES: dict[str, Message] = {
    "shared_cap_exceeded": Message(
        "사업 '{programme}'의 몫 {part_krw}원과 같은 예산을 쓰는 사업({others})의 몫 {others_krw}원을 더하면 "
        "예산 한도 {cap_krw}원을 넘습니다. 몫을 줄이거나 다른 사업의 몫을 먼저 줄여 주십시오.",
        "The part of '{programme}' ({part_krw} won) and what {others} take of the same cap ({others_krw} won) exceed "
        "it ({cap_krw} won). State a smaller part, or lower the other's first.",
    ),
    "round_of_no_open_call": Message(
        "사업 '{programme}'은(는) '{round_of}'의 추가 모집으로 열 수 없습니다. 추가 모집은 이미 열린 처음 공고 "
        "하나에 딸리고, 다른 추가 모집에는 딸리지 않습니다. 처음 공고의 코드를 round_of에 적어 주십시오.",
        "'{programme}' cannot be opened as a round of '{round_of}': a further round belongs to one first call that is "
        "open, and to no other round. Write the first call's code in round_of.",
    ),
    "programme_version_taken": Message(
        "사업 '{programme}'의 {version}판은 올릴 수 없습니다. 다음에 올릴 수 있는 판은 {next_version}판입니다.",
        "Version {version} of programme '{programme}' cannot be uploaded; the next that can be is {next_version}.",
    ),
}

"""The words of the codes about files that are uploaded, and about the place where they lie."""

from libs.common.messages.catalogue import Message

DOCUMENTS: dict[str, Message] = {
    "call_file_unknown": Message(
        "공고문 정의에 없는 파일 이름입니다: {file_name}.[[ 올릴 수 있는 파일: {names}.]]",
        "The call names no such file: {file_name}.[[ It names: {names}.]]",
    ),
    "document_encrypted": Message(
        "암호가 걸려 있어 열 수 없는 파일이라 받지 않았습니다: {file_name}. 암호를 풀고 다시 올려 주십시오.",
        "The file needs a password to be opened and was not taken: {file_name}. Please remove it and upload it again.",
    ),
    "document_macro": Message(
        "매크로나 스크립트가 들어 있는 파일이라 받지 않았습니다: {file_name}."
        " 매크로를 빼고 저장하거나 PDF로 바꾸어 올려 주십시오.",
        "The file holds macros or scripts and was not taken: {file_name}. Please save it without them, or as a PDF.",
    ),
    "document_executable": Message(
        "실행 파일이거나 실행 파일이 들어 있어 받지 않았습니다: {file_name}. 문서 파일을 올려 주십시오.",
        "This is a program, or holds one, and was not taken: {file_name}. Please upload a document.",
    ),
    "document_unreadable": Message(
        "손상되었거나 끝까지 저장되지 않아 열 수 없는 파일이라 받지 않았습니다: {file_name}."
        " 원본이 열리는지 확인하고 다시 올려 주십시오.",
        "The file is damaged or cut off, cannot be opened, and was not taken: {file_name}."
        " Please check the original and upload it again.",
    ),
    "document_too_complex": Message(
        "내용을 확인하는 데 시간이나 메모리가 너무 많이 들어 받지 않은 파일입니다: {file_name}."
        " 프로그램에서 새로 저장하거나 PDF로 바꾸어 올려 주십시오.",
        "Looking into this file takes too much time or memory, so it was not taken: {file_name}."
        " Please save it anew, or as a PDF.",
    ),
    "document_too_many_pages": Message(
        "파일 '{file_name}'은(는) {pages}쪽입니다. {pages_max}쪽까지 낼 수 있습니다.",
        "File '{file_name}' has {pages} pages; at most {pages_max} are taken.",
    ),
    "document_about_pages": Message(
        "파일 '{file_name}'은(는) {pages}쪽입니다(기준 {pages_about}쪽 내외)."
        " 표지, 목차, 붙임을 빼고 담당자가 확인합니다.",
        "File '{file_name}' has {pages} pages (about {pages_about} are asked for);"
        " an officer looks without cover, contents and annexes.",
    ),
    "draft_bytes_reached": Message(
        "이 신청의 서류가 이미 {kept_mib}MiB를 차지합니다. 한 신청에는 {draft_mib_max}MiB까지 올릴 수 있습니다."
        " 필요 없는 서류를 빼고 다시 올려 주십시오.",
        "The application's documents take {kept_mib} MiB already; at most {draft_mib_max} MiB are kept for one."
        " Please remove documents that are not needed.",
    ),
    "no_receipt_yet": Message(
        "아직 최종 제출하지 않은 신청이라 접수증이 없습니다.",
        "The application was not submitted yet, so there is no acknowledgement of receipt.",
    ),
    "document_validity_not_stated": Message(
        "파일 '{file_name}'의 유효기간이 적혀 있지 않습니다. {valid_from}에 유효해야 하므로 유효기간의 마지막 날을"
        " 적어 주십시오.",
        "The validity of file '{file_name}' is not stated; it must be valid on {valid_from}. State its last day.",
    ),
    "document_expired": Message(
        "파일 '{file_name}'은(는) {valid_until}까지 유효합니다. {valid_from}에 유효한 서류여야 합니다.",
        "File '{file_name}' is valid until {valid_until}; it must be valid on {valid_from}.",
    ),
    "document_issue_not_stated": Message(
        "파일 '{file_name}'의 발급일이 적혀 있지 않습니다. {issued_from} 이후에 발급된 서류여야 하므로 발급일을"
        " 적어 주십시오.",
        "The issue day of file '{file_name}' is not stated; it must be issued on {issued_from} or later.",
    ),
    "document_issued_too_early": Message(
        "파일 '{file_name}'은(는) {issued_on}에 발급되었습니다. {issued_from} 이후에 발급된 서류만 인정합니다.",
        "File '{file_name}' was issued on {issued_on}; only those issued on {issued_from} or later count.",
    ),
    "document_dates_swapped": Message(
        "유효기간의 마지막 날({valid_until})이 발급일({issued_on})보다 빠릅니다. 두 날짜를 확인해 주십시오.",
        "The last day of validity ({valid_until}) is before the issue day ({issued_on}). Please check both.",
    ),
    "document_issued_in_future": Message(
        "발급일({issued_on})이 아직 오지 않았습니다. 오늘({on})까지의 날짜를 적어 주십시오.",
        "The issue day ({issued_on}) has not come yet. Write a day up to today ({on}).",
    ),
    "document_when_youth_claimed": Message("청년기업 감면을 신청하는 경우", "where the youth reduction is claimed"),
    "document_when_region_claimed": Message("지역 감면을 신청하는 경우", "where the regional reduction is claimed"),
    "document_when_student_manager": Message("실무담당자가 학생인 경우", "where the manager is a student"),
    "document_when_graduate_manager": Message("실무담당자가 졸업생인 경우", "where the manager is a graduate"),
    "document_when_sole_proprietor": Message("개인사업자인 경우", "where the applicant is a sole proprietor"),
    "document_when_storage_asked": Message("추가 저장공간을 신청하는 경우", "where more storage is asked for"),
    "document_when_large": Message("대규모 과제로 신청하는 경우", "where the application is a large one"),
    "document_when_track": Message("신청 트랙이 {tracks}인 경우", "where the track is one of: {tracks}"),
}

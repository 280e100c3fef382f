"""The words of the codes about imports into the registry and status checks."""

from libs.common.messages.catalogue import Message

REGISTRY: dict[str, Message] = {
    "import_unreadable": Message(
        "파일을 읽을 수 없습니다. 엑셀에서 'CSV UTF-8(쉼표로 분리)' 또는 'CSV(쉼표로 분리)'로 저장하여 올려 주십시오.",
        "The file cannot be read. Please save it as CSV, comma separated, in UTF-8 or CP949.",
    ),
    "import_header": Message(
        "첫 줄의 열 이름이 맞지 않습니다.[[ 없는 열: {missing}.]][[ 모르는 열: {unknown}.]]"
        "[[ 두 번 있는 열: {twice}.]] 쓸 수 있는 열: {columns}",
        "The columns of the first line do not fit.[[ Missing: {missing}.]][[ Unknown: {unknown}.]]"
        "[[ Twice: {twice}.]] Known: {columns}",
    ),
    "import_too_long": Message(
        "한 번에 {rows_max}줄까지 올릴 수 있습니다. 파일을 나누어 주십시오.",
        "At most {rows_max} rows are taken at a time. Please split the file.",
    ),
    "import_row_shape": Message(
        "칸이 {cells}개로 열 {most}개보다 많습니다. 쉼표가 든 값은 따옴표로 묶어 주십시오.",
        "There are {cells} cells for {most} columns. Put values with commas into quotes.",
    ),
    "import_formula": Message(
        "'{column}' 칸이 수식(=, +, -, @)으로 시작합니다. 값만 적어 주십시오.",
        "The cell '{column}' begins like a formula (=, +, -, @). Please write a plain value.",
    ),
    "import_cell": Message(
        "'{column}' 칸을 읽을 수 없습니다: {why_ko}", "The cell '{column}' cannot be read: {why_en}"
    ),
    "import_whose": Message(
        "사업자등록번호나 연구책임자(국가연구자번호 또는 이름과 생년월일) 가운데 하나만 적어 주십시오.",
        "Name either a business number or an investigator (number, or name and birth date), not both.",
    ),
    "import_organisation_unknown": Message(
        "사업자등록번호 '{business_no}'(으)로 등록된 기관이 없습니다. 기관을 먼저 등록해 주십시오.",
        "No organisation with business number '{business_no}' is registered. Please register it first.",
    ),
    "import_duplicate": Message(
        "같은 내용이 이미 기록되어 있거나 파일에 두 번 있습니다. 새로 기록하지 않았습니다.",
        "The same is on record already, or twice in the file. Nothing new was recorded.",
    ),
    "tax_office_away": Message(
        "국세청 사업자 상태 조회가 답하지 않습니다. 기록된 것은 없으니 잠시 뒤 다시 조회해 주십시오.",
        "The tax office does not answer. Nothing was recorded; please ask again later.",
    ),
}

"""What the codes in messages are called, in Korean and English: things, states, roles and every other closed list.

A message never shows a code where this list has a word. A state is looked up under `state.<thing>` first, since
`closed` is one thing of a stage and another of a statement.
"""

from libs.common.messages.facts import Vocabulary, Word

_THINGS = {
    "agreement": Word("협약", "agreement"),
    "application": Word("신청", "application"),
    "award": Word("수혜 이력", "award"),
    "clawback": Word("환수 청구", "clawback"),
    "data_centre": Word("데이터센터", "data centre"),
    "dead letter": Word("처리하지 못한 이벤트", "dead letter"),
    "dispute": Word("이의", "dispute"),
    "document": Word("서류", "document"),
    "evidence": Word("잔액 증빙", "evidence"),
    "grant": Word("과제", "grant"),
    "offer": Word("자원 제안", "offer"),
    "organisation": Word("기관", "organisation"),
    "outage": Word("장애", "outage"),
    "panel": Word("평가위원회", "panel"),
    "placement": Word("배치안", "placement"),
    "policy value": Word("사업 정의의 값", "policy value"),
    "pool": Word("풀", "pool"),
    "product": Word("상품", "product"),
    "programme version": Word("사업 정의의 판", "programme version"),
    "programme": Word("사업", "programme"),
    "proposal": Word("제안", "proposal"),
    "provider check": Word("공급사 점검", "provider check"),
    "provider": Word("공급사", "provider"),
    "receipt": Word("수납 기록", "receipt"),
    "restriction": Word("참여 제한", "restriction"),
    "reviewer": Word("평가위원", "reviewer"),
    "seat": Word("위원석", "seat"),
    "selection": Word("선정안", "selection"),
    "self-payment": Word("자부담금", "self-payment"),
    "server": Word("서버", "server"),
    "session": Word("세션", "session"),
    "settlement line": Word("정산 항목", "settlement line"),
    "settlement": Word("정산", "settlement"),
    "stage": Word("평가 단계", "stage"),
    "statement": Word("사용 내역서", "usage statement"),
    "track": Word("트랙", "track"),
}

_STATES: dict[str, dict[str, Word]] = {
    "application": {
        "draft": Word("작성 중", "draft"),
        "submitted": Word("접수됨", "submitted"),
        "ineligible": Word("부적격", "ineligible"),
        "eligible": Word("적격", "eligible"),
        "refused": Word("미선정", "refused"),
        "waiting": Word("후보", "waiting"),
        "selected": Word("선정됨", "selected"),
        "agreed": Word("협약안 작성됨", "agreed"),
        "signed": Word("협약 체결됨", "signed"),
        "placed": Word("배정됨", "placed"),
        "active": Word("이용 중", "active"),
        "ended": Word("종료됨", "ended"),
        "withdrawn": Word("취하됨", "withdrawn"),
        "revoked": Word("취소됨", "revoked"),
    },
    "dispute": {
        "open": Word("결정 전", "open"),
        "upheld": Word("인용됨", "upheld"),
        "rejected": Word("기각됨", "rejected"),
    },
    "proposal": {
        "open": Word("확인 전", "open"),
        "confirmed": Word("확인됨", "confirmed"),
        "withdrawn": Word("철회됨", "withdrawn"),
        "declined": Word("거절됨", "declined"),
        "expired": Word("기한 지남", "expired"),
    },
    "grant": {
        "awaiting": Word("배정 전", "awaiting placement"),
        "placed": Word("배정됨", "placed"),
        "active": Word("이용 중", "active"),
        "ended": Word("종료됨", "ended"),
    },
    "outage": {"open": Word("진행 중", "open"), "closed": Word("종료됨", "closed")},
    "placement": {
        "draft": Word("확정 전", "draft"),
        "confirmed": Word("확정됨", "confirmed"),
        "superseded": Word("새 배치안으로 바뀜", "superseded"),
    },
    "pool": {"dynamic": Word("동적할당", "dynamic"), "fixed": Word("고정할당", "fixed")},
    "programme": {"draft": Word("공고 전", "draft"), "open": Word("공고됨", "open")},
    "selection": {
        "draft": Word("발표 전", "draft"),
        "announced": Word("발표됨", "announced"),
        "discarded": Word("새 선정안으로 바뀜", "discarded"),
    },
    "session": {
        "waiting": Word("대기 중", "waiting"),
        "running": Word("이용 중", "running"),
        "released": Word("종료됨", "released"),
        "withdrawn": Word("취소됨", "withdrawn"),
        "refused": Word("거절됨", "refused"),
    },
    "settlement": {
        "parked": Word("보류됨", "parked"),
        "draft": Word("발행 전", "draft"),
        "issued": Word("발행됨", "issued"),
        "approved": Word("승인됨", "approved"),
        "paid": Word("지급됨", "paid"),
    },
    "stage": {
        "open": Word("진행 중", "open"),
        "closed": Word("마감됨", "closed"),
        "begun": Word("시작됨", "begun"),
        "not begun": Word("시작 전", "not begun"),
    },
    "statement": {"draft": Word("확정 전", "draft"), "closed": Word("확정됨", "closed")},
}

_ROLES = {
    "applicant": Word("신청자", "applicant"),
    "reviewer": Word("평가위원", "reviewer"),
    "officer": Word("담당자", "officer"),
    "operator": Word("운영자", "operator"),
    "provider": Word("공급사", "provider"),
    "auditor": Word("감사자", "auditor"),
    "role": Word("역할이 하나 이상 있는 토큰", "a token with at least one role"),
    "provider_code": Word("공급사 코드가 있는 토큰", "a token with a provider's code"),
}

_FLOWS = {
    "own_account": Word("전용계좌", "own account"),
    "deposit": Word("지정계좌 입금", "deposit"),
    "free": Word("면제", "free"),
}

_STAGES = {"document": Word("서류평가", "document"), "presentation": Word("발표평가", "presentation")}

_KINDS = {
    "sme": Word("중소기업", "small or medium-sized enterprise"),
    "midsize": Word("중견기업", "mid-size enterprise"),
    "large_enterprise": Word("대기업", "large enterprise"),
    "venture": Word("벤처기업", "venture company"),
    "startup": Word("창업기업", "startup"),
    "individual": Word("개인", "individual"),
    "university": Word("대학(원)", "university or graduate school"),
    "university_hospital": Word("대학병원", "university hospital"),
    "national_institute": Word("국립 연구기관", "national research institute"),
    "public_institute": Word("공립 연구기관", "public research institute"),
    "government_funded_institute": Word("정부출연연구기관", "government-funded research institute"),
    "other_public": Word("기타 공공기관", "other public institution"),
    "association": Word("협회", "association"),
    "participation_ban": Word("국가연구개발사업 참여 제한", "participation ban"),
    "default": Word("채무불이행", "default"),
    "insolvency": Word("부도·파산·회생", "insolvency"),
    "suspended_business": Word("휴·폐업", "suspended business"),
    "tax_arrears": Word("국세·지방세 체납", "tax arrears"),
    "privacy_sanction": Word("개인정보 보호법 위반 제재", "sanction under the privacy law"),
}

_FORMATS = {
    "unknown": Word("알 수 없음", "unknown"),
    "encrypted": Word("암호가 걸린 파일", "encrypted"),
    "macro": Word("매크로가 든 문서", "a document with macros"),
    "damaged": Word("손상된 파일", "damaged"),
    "unsafe_zip": Word("풀기에 위험한 압축 파일", "an archive that is dangerous to unpack"),
}

VOCABULARY: Vocabulary = {
    "thing": _THINGS,
    **{f"state.{thing}": states for thing, states in _STATES.items()},
    "needs": _ROLES,
    "flow": _FLOWS,
    "needed": _FLOWS,
    "stage": _STAGES,
    "stages": _STAGES,
    "kind": _KINDS,
    "found": _FORMATS,
    "gate": {
        "agreement": Word("협약 체결", "agreement"),
        "self_payment": Word("자부담금 납부", "self-payment"),
        "training": Word("의무 교육", "training"),
    },
    "mode": {"dynamic": Word("동적할당", "dynamic"), "fixed": Word("고정할당", "fixed")},
    "part": {"operating": Word("운영비", "operating part"), "subsidy": Word("지원금", "subsidy part")},
    "scope_kind": {
        "provider": Word("공급사", "provider"),
        "data_centre": Word("데이터센터", "data centre"),
        "pool": Word("풀", "pool"),
        "server": Word("서버", "server"),
        "grant": Word("과제", "grant"),
    },
    "missing": {"programme": Word("사업 정의", "programme definition"), "agreement": Word("협약", "agreement")},
    "waits_for": {"programme": Word("사업 정의", "programme definition")},
}
"""Every closed list that messages name."""

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
    "clawback payment": Word("환수 납부 기록", "clawback payment"),
    "data_centre": Word("데이터센터", "data centre"),
    "dead letter": Word("처리하지 못한 이벤트", "dead letter"),
    "delivery": Word("결과 전달 기록", "delivery of a result"),
    "dispute": Word("이의", "dispute"),
    "document": Word("서류", "document"),
    "evidence": Word("잔액 증빙", "evidence"),
    "grant": Word("과제", "grant"),
    "invitation": Word("초대", "invitation"),
    "member": Word("구성원", "member"),
    "objection": Word("이의신청", "objection"),
    "offer": Word("자원 제안", "offer"),
    "organisation claim": Word("기관 소속 신청", "claim on an organisation"),
    "organisation": Word("기관", "organisation"),
    "outage": Word("장애", "outage"),
    "panel": Word("평가위원회", "panel"),
    "placement": Word("배치안", "placement"),
    "policy value": Word("사업 정의의 값", "policy value"),
    "pool": Word("풀", "pool"),
    "price": Word("단가", "price"),
    "presentation slot": Word("발표 시간", "presentation slot"),
    "product": Word("상품", "product"),
    "programme version": Word("사업 정의의 판", "programme version"),
    "programme": Word("사업", "programme"),
    "proposal": Word("제안", "proposal"),
    "provider check": Word("공급사 점검", "provider check"),
    "training attendance": Word("의무 교육 참석 기록", "training attendance"),
    "provider selection": Word("공급사 선정", "provider selection"),
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
    "supplement": Word("보완 요청", "supplement"),
    "statement": Word("사용 내역서", "usage statement"),
    "track": Word("트랙", "track"),
    "wait discount": Word("대기 할인율", "wait discount rate"),
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
    "fact": {
        "standing": Word("유효", "standing"),
        "ended": Word("종료됨", "ended"),
        "withdrawn": Word("철회됨", "withdrawn"),
    },
    "assignment": {
        "open": Word("작성 전", "open"),
        "saved": Word("작성 중", "saved"),
        "given": Word("제출됨", "given"),
        "closed": Word("마감됨", "closed"),
        "conflict": Word("이해충돌", "conflict of interest"),
    },
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

_PROVIDER_STEPS = {
    "technical": Word("기술시연·기술협상", "technical demonstration and negotiation"),
    "price": Word("가격협상", "price negotiation"),
    "agreement": Word("협약", "agreement"),
}

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
    "private_medical": Word("민간 의료기관", "private medical institution"),
    "private_institute": Word("민간 연구소", "private research institute"),
    "school": Word("교육기관", "educational institution"),
    "research_support": Word("연구 지원기관·단체", "research support organisation"),
    "cloud_provider": Word("클라우드 사업자", "cloud provider"),
    "participation_ban": Word("국가연구개발사업 참여 제한", "participation ban"),
    "default": Word("채무불이행", "default"),
    "insolvency": Word("부도·파산·회생", "insolvency"),
    "suspended_business": Word("휴·폐업", "suspended business"),
    "tax_arrears": Word("국세·지방세 체납", "tax arrears"),
    "privacy_sanction": Word("개인정보 보호법 위반 제재", "sanction under the privacy law"),
    "voucher_ban": Word("AI 바우처 사업 참여 제한", "ban from AI vouchers"),
    "ict_fund_ban": Word("ICT기금사업 참여 제한", "ban from the ICT fund"),
}

_FORMATS = {
    "unknown": Word("알 수 없음", "unknown"),
    "encrypted": Word("암호가 걸린 파일", "encrypted"),
    "macro": Word("매크로가 든 문서", "a document with macros"),
    "executable": Word("실행 파일", "a program"),
    "damaged": Word("손상된 파일", "damaged"),
    "unsafe_zip": Word("풀기에 위험한 압축 파일", "an archive that is dangerous to unpack"),
}

_ASKED = {
    "track": Word("트랙", "track"),
    "product": Word("상품", "product"),
    "units": Word("수량", "number of units"),
    "months": Word("이용 개월 수", "number of months"),
    "wished_start": Word("희망 시작일", "wished start"),
    "principal_investigator": Word("연구책임자", "principal investigator"),
    "manager": Word("실무담당자", "manager"),
}

_GROUNDS = {
    "false_statement": Word("허위 기재", "false statement"),
    "impairment": Word("완전자본잠식", "full capital impairment"),
    "conflict_found": Word("이해충돌 발견", "conflict found"),
    "no_acceptance": Word("기한 내 수락하지 않음", "not accepted in time"),
    "no_deposit": Word("자부담금 미납", "self-payment missed"),
}

_PURPOSES = {"inference": Word("추론", "inference"), "training": Word("학습", "training")}

VOCABULARY: Vocabulary = {
    "thing": _THINGS,
    **{f"state.{thing}": states for thing, states in _STATES.items()},
    "needs": _ROLES,
    "flow": _FLOWS,
    "needed": _FLOWS,
    "stage": _STAGES,
    "stages": _STAGES,
    "provider_step": _PROVIDER_STEPS,
    "awaited_step": _PROVIDER_STEPS,
    "asked_field": _ASKED,
    "purpose": _PURPOSES,
    "ground": _GROUNDS,
    "decided": {"upheld": Word("인용됨", "upheld"), "rejected": Word("기각됨", "rejected")},
    "allowed": _PURPOSES,
    "kind": _KINDS,
    "found": _FORMATS,
    "member_role": {
        "representative": Word("대표자", "representative"),
        "manager": Word("실무담당자", "manager"),
        "investigator": Word("연구책임자", "investigator"),
    },
    "claim_state": {
        "open": Word("결정 전", "open"),
        "accepted": Word("인정됨", "accepted"),
        "refused": Word("인정되지 않음", "refused"),
        "withdrawn": Word("철회됨", "withdrawn"),
    },
    "announced_outcome": {
        "selected": Word("선정됨", "selected"),
        "waiting": Word("후보", "waiting"),
        "refused": Word("미선정", "refused"),
    },
    "selection_limit": {
        "threshold": Word("기준 점수 미달", "below the threshold"),
        "cutoff": Word("앞 순위에서 선정 종료", "the selection ended before"),
        "capacity": Word("자원", "capacity"),
        "budget": Word("예산", "budget"),
        "projects": Word("선정 건수", "number of projects"),
        "counting_unit": Word("기관별 한도", "limit of its organisation"),
        "quota": Word("민간·공공 비율", "quota of sectors"),
    },
    "progress_flag": {
        "late": Word("기한 지남", "late"),
        "conflict": Word("이해충돌", "conflict of interest"),
        "reopened": Word("다시 열림", "reopened"),
        "substitute_needed": Word("대체 위원 필요", "substitute needed"),
    },
    "legal_form": {
        "corporation": Word("법인", "corporation"),
        "sole_proprietor": Word("개인사업자", "sole proprietor"),
    },
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

"""What an upgrade past a revision leaves to do, and which revisions no older process may run beside."""

NEEDS = {
    "intake_0002": (
        "담당자로서 배정 서비스의 GET /v1/providers 답을 POST /v1/providers/move에 그대로 보내 "
        "공급사를 옮겨 주십시오. · "
        "As an officer, send the answer of the allocator's GET /v1/providers to POST /v1/providers/move."
    ),
    "intake_0008": (
        "이미 등록된 기관에는 아직 구성원이 없습니다. 토큰에 기관 번호가 있는 사람이 그 기관의 실무담당자로서 "
        "POST /v1/organisations/{id}/invitations로 구성원을 초대하도록 안내해 주십시오. · "
        "Organisations that were registered before have no member yet. Whoever's token names one manages it: "
        "please have them invite its members by POST /v1/organisations/{id}/invitations."
    ),
    "intake_0004": (
        "GET /v1/key-collisions에서 같은 사람일 수 있는 기록을 확인해 주십시오. · "
        "Look through GET /v1/key-collisions: records that may be one person."
    ),
}

STOPS_OLDER = frozenset({"intake_0004"})
"""They ask of a row what an older process does not write."""

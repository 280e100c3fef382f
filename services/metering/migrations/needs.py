"""What an upgrade past a revision leaves to do, and which revisions no older process may run beside."""

NEEDS = {
    "metering_0002": (
        "정산이 말한 단가를 다시 보내세요: dure bus replay --service billing --from 2025-01-01 "
        "(agreed_price가 비어 있어 0원 단가를 모릅니다) · "
        "Replay billing's prices: dure bus replay --service billing --from 2025-01-01 "
        "(agreed_price starts empty, so zero prices are not known)"
    ),
}

STOPS_OLDER = frozenset({"metering_0007"})

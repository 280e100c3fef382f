"""The words of the codes that allocator answers."""

from libs.common.messages.catalogue import Message

MESSAGES: dict[str, Message] = {
    "allocation_unsound": Message(
        "사업 '{programme}'의 배정안에서 규칙에 어긋난 곳이 {breaches}건 발견되어 저장하지 않았습니다."
        " 운영자에게 알렸습니다.",
        "The independent check found {breaches} breaches in the allocation for programme '{programme}';"
        " nothing was kept and the operators were told.",
    ),
    "already_there": Message(
        "{thing} '{id}'은(는) 이미 등록되어 있습니다.",
        "{thing} '{id}' is registered already.",
    ),
    "cards_held": Message(
        "카드 {wanted}장이 필요하지만 그 기간에 비어 있는 카드는 {free}장입니다.",
        "{wanted} cards are needed and only {free} are free over that time.",
    ),
    "conformance_undecided": Message(
        "제안 '{offer_id}'이(가) 상품 '{product}'의 규격을 충족하는지 공고만으로는 알 수 없습니다."
        " 담당자가 먼저 판단해야 합니다.",
        "The notice leaves open whether offer '{offer_id}' conforms to product '{product}': an officer decides first.",
    ),
    "delivered_after_end": Message(
        "과제 '{grant_id}'의 이용 기간은 {ends_at}에 끝나므로 그 뒤에 개시할 수 없습니다.",
        "The use of grant '{grant_id}' ends at {ends_at}; it cannot be delivered after that.",
    ),
    "delivered_in_the_future": Message(
        "아직 오지 않은 시각을 제공일로 등록할 수 없습니다(현재 {now}).",
        "A delivery that has not happened yet cannot be recorded (now {now}).",
    ),
    "end_in_the_past": Message(
        "줄인 기간이 이미 지난 시각({ends_at})에 끝납니다. 과제를 종료하려면 종료 기능을 이용하십시오.",
        "The shortened period would have ended already ({ends_at}). End the grant instead.",
    ),
    "entitlement_exceeded": Message(
        "신청한 {units}단위는 배정 한도를 넘습니다(사용 {held}, 대기 {waiting}, 한도 {entitled}단위).",
        "{units} units exceed the entitlement of {entitled} (held {held}, waiting {waiting}).",
    ),
    "fault_in_the_future": Message(
        "장애 시각이 현재({now})보다 늦을 수 없습니다.",
        "The fault cannot lie in the future (now {now}).",
    ),
    "gate_closed": Message(
        "과제 '{grant_id}'은(는) 개시 요건 '{gate}'이(가) 갖추어지지 않아 이용을 시작할 수 없습니다.",
        "Grant '{grant_id}' cannot be activated: the gate '{gate}' is closed.",
    ),
    "grant_without_pool": Message(
        "과제 '{grant_id}'은(는) 고정할당이라 자원을 따로 신청하지 않습니다.",
        "Grant '{grant_id}' is fixed: its cards are its own and need no request.",
    ),
    "larger_than_pool": Message(
        "신청한 카드 {cards}장은 풀 전체({pool_cards}장)보다 많습니다.",
        "{cards} cards are more than the whole pool has ({pool_cards}).",
    ),
    "no_report_due": Message(
        "풀 '{pool_id}'에는 제출할 전환 보고서가 없습니다.",
        "Pool '{pool_id}' owes no report.",
    ),
    "offer_ends_before_start": Message(
        "'{offer_id}'의 종료 시각은 시작 시각보다 뒤여야 합니다.",
        "The end of '{offer_id}' must lie after its start.",
    ),
    "only_lower": Message(
        "수량과 기간은 줄일 수만 있습니다(현재 {units}단위, {months}개월).",
        "Units and months can only be lowered (now {units} units, {months} months).",
    ),
    "outside_use_period": Message(
        "과제 '{grant_id}'의 이용 기간({starts_at}부터 {ends_at} 전까지)이 아닙니다.",
        "Grant '{grant_id}' may be used from {starts_at} until before {ends_at}.",
    ),
    "placement_outdated": Message(
        "배치안을 만든 뒤 사정이 바뀌었습니다({grants}). 배치안을 다시 만들어 주십시오.",
        "Things changed since this placement was made ({grants}). Please make a new one.",
    ),
    "placement_took_too_long": Message(
        "배치 계산이 {limit_s}초 안에 끝나지 않았습니다.",
        "The placement was not found within {limit_s} seconds.",
    ),
    "pool_of_one_site": Message(
        "풀 '{pool_id}'의 서버는 모두 같은 사업, 공급사, 데이터센터, 카드 종류여야 합니다.",
        "All servers of pool '{pool_id}' must share programme, provider, data centre and card type.",
    ),
    "provider_needed": Message(
        "'{id}'(이)라는 이름을 쓰는 공급사가 여럿입니다({providers})."
        " 요청 주소의 provider에 어느 공급사인지 적어 주십시오.",
        "Several providers chose the name '{id}' ({providers}); say which one with `provider`.",
    ),
    "unknown_card_type": Message(
        "'{card_type}'은(는) 이 사업의 카드 종류가 아닙니다({known}).",
        "'{card_type}' is no card type of this programme ({known}).",
    ),
    "utilisation_out_of_order": Message(
        "사용률 보고 시각({until})은 앞선 보고({after}) 뒤이면서 현재를 넘지 않아야 합니다.",
        "A utilisation report must reach beyond the last one ({after}) and not beyond now, unlike {until}.",
    ),
}

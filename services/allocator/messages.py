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
    "before_start": Message(
        "이용은 {starts_at}에 시작됩니다. 그 전에는 이용 개시를 처리할 수 없습니다.",
        "Use begins at {starts_at}; it cannot be activated before that.",
    ),
    "cards_held": Message(
        "카드 {wanted}장이 필요하지만 그 기간에 비어 있는 카드는 {free}장입니다.",
        "{wanted} cards are needed and only {free} are free over that time.",
    ),
    "confirmed_before_stated": Message(
        "확인 시각은 공급사가 신고한 제공 시각({stated_at})보다 앞설 수 없습니다.",
        "A delivery cannot be confirmed as of an instant before the one that the provider stated ({stated_at}).",
    ),
    "conformance_undecided": Message(
        "제안 '{offer_id}'이(가) 상품 '{product}'의 규격을 충족하는지 공고만으로는 알 수 없습니다."
        " 담당자가 먼저 판단해야 합니다.",
        "The notice leaves open whether offer '{offer_id}' conforms to product '{product}': an officer decides first.",
    ),
    "delivered_after_end": Message(
        "이용 기간은 {ends_at}에 끝나므로 그 뒤에 제공할 수 없습니다.",
        "The use ends at {ends_at}; nothing can be delivered after that.",
    ),
    "delivered_before_agreement": Message(
        "제공 시각은 협약 체결({agreed_at})보다 앞설 수 없습니다.",
        "Nothing can have been delivered before the agreement ({agreed_at}).",
    ),
    "delivered_in_the_future": Message(
        "아직 오지 않은 시각을 제공일로 등록할 수 없습니다(현재 {now}).",
        "A delivery that has not happened yet cannot be recorded (now {now}).",
    ),
    "delivery_confirmed": Message(
        "제공 시각이 이미 확인되었습니다. 잘못되었다면 전담기관에 정정을 요청해 주십시오.",
        "The delivery is confirmed already. If it is wrong, ask the agency to correct it.",
    ),
    "delivery_not_stated": Message(
        "공급사가 아직 제공을 신고하지 않았습니다.",
        "The provider has not stated a delivery yet.",
    ),
    "delivery_unconfirmed": Message(
        "제공 시각이 확인되지 않았습니다. 이용자나 전담기관이 공급사의 신고를 먼저 확인해 주십시오."
        " 늦어진 것이 없다면 이용 시작 시각을 제공 시각으로 적어 주십시오.",
        "The delivery is not confirmed. User or agency confirms what the provider stated first;"
        " where nothing was late, give the start as the delivery.",
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
    "may_not_confirm": Message(
        "제공은 이용자나 전담기관만 확인할 수 있으며, 신고한 사람이나 공급사는 확인할 수 없습니다.",
        "Only the user or the agency confirms a delivery, never the provider or the person who stated it.",
    ),
    "no_report_due": Message(
        "풀 '{pool_id}'에는 제출할 전환 보고서가 없습니다.",
        "Pool '{pool_id}' owes no report.",
    ),
    "not_down": Message(
        "이 서버에는 고장으로 등록된 카드가 없습니다.",
        "No cards of this server are down.",
    ),
    "not_the_provider": Message(
        "이 과제에 자원을 제공하는 공급사만 할 수 있습니다.",
        "Only the provider that serves this grant may do this.",
    ),
    "not_the_user": Message(
        "자원의 신청, 반납, 철회는 이용자나 전담기관만 할 수 있습니다.",
        "Only the user or the agency requests, releases and withdraws sessions.",
    ),
    "offer_ends_before_start": Message(
        "'{offer_id}'의 종료 시각은 시작 시각보다 뒤여야 합니다.",
        "The end of '{offer_id}' must lie after its start.",
    ),
    "offer_over": Message(
        "제안 기간이 끝난 서버로는 풀을 만들 수 없습니다({servers}).",
        "The offers of these servers are over ({servers}); they make no pool.",
    ),
    "only_lower": Message(
        "수량과 기간은 줄일 수만 있습니다(현재 {units}단위, {months}개월).",
        "Units and months can only be lowered (now {units} units, {months} months).",
    ),
    "outside_use_period": Message(
        "과제 '{grant_id}'의 이용 기간({starts_at}부터 {ends_at} 전까지)이 아닙니다.",
        "Grant '{grant_id}' may be used from {starts_at} until before {ends_at}.",
    ),
    "placement_capacity": Message(
        "과제 '{grant_id}'의 이용 기간 내내 비어 있는 카드가 모자랍니다. 순위가 앞선 과제가 먼저 배치되었습니다.",
        "Too few cards are free over any possible use of grant '{grant_id}': better-ranked grants come first.",
    ),
    "placement_gate": Message(
        "과제 '{grant_id}'은(는) 개시 요건({gate})이 갖추어지지 않아 아직 배치할 수 없습니다.",
        "Grant '{grant_id}' cannot be placed yet: it waits for its {gate}.",
    ),
    "placement_no_offer": Message(
        "과제 '{grant_id}'에 줄 수 있는 종류의 카드를 제안한 공급사가 없습니다.",
        "No provider offers a card type that grant '{grant_id}' may be given.",
    ),
    "placement_outdated": Message(
        "배치안을 만든 뒤 사정이 바뀌었습니다({grants}). 배치안을 다시 만들어 주십시오.",
        "Things changed since this placement was made ({grants}). Please make a new one.",
    ),
    "placement_pool_size": Message(
        "과제 '{grant_id}'이(가) 한꺼번에 쓸 수 있는 카드보다 큰 풀이 없습니다.",
        "No pool has as many cards as grant '{grant_id}' may use at once.",
    ),
    "placement_relation": Message(
        "과제 '{grant_id}'에 줄 카드를 제안한 공급사는 모두 이용자와 특수관계(같은 대표자, 계열사, 자회사)에 있습니다.",
        "Every provider with cards for grant '{grant_id}' is related to its applicant"
        " (same representative, affiliate or subsidiary).",
    ),
    "placement_server_size": Message(
        "과제 '{grant_id}'을(를) 한 곳에서 받을 만큼 서버나 카드를 갖춘 데이터센터가 없습니다.",
        "No single data centre has the whole servers or the cards that grant '{grant_id}' needs.",
    ),
    "placement_took_too_long": Message(
        "배치 계산이 {limit_s}초 안에 끝나지 않았습니다.",
        "The placement was not found within {limit_s} seconds.",
    ),
    "placement_window": Message(
        "과제 '{grant_id}'의 개월 수가 남은 지원 기간보다 깁니다. 담당자가 개월 수를 줄이면 배치할 수 있습니다.",
        "Grant '{grant_id}' has more months than are left in the use window; it can be placed once an officer"
        " lowers them.",
    ),
    "pool_of_one_site": Message(
        "풀 '{pool_id}'의 서버는 모두 같은 사업, 공급사, 데이터센터, 카드 종류여야 합니다.",
        "All servers of pool '{pool_id}' must share programme, provider, data centre and card type.",
    ),
    "pool_shrunk": Message(
        "제안 기간이 끝난 카드가 빠져 풀에 {pool_cards}장만 남았습니다."
        " 신청한 카드 {cards}장을 배정할 수 없어 신청을 거절했습니다. 기다린 시간은 인정됩니다.",
        "Cards whose offers ended left the pool: {pool_cards} remain, so the request for {cards} was refused."
        " The wait counts.",
    ),
    "provider_needed": Message(
        "'{id}'(이)라는 이름을 쓰는 공급사가 여럿입니다({providers})."
        " 요청 주소의 provider에 어느 공급사인지 적어 주십시오.",
        "Several providers chose the name '{id}' ({providers}); say which one with `provider`.",
    ),
    "reason_needed": Message(
        "전담기관이 이용자를 대신하여 처리할 때에는 사유를 적어야 합니다.",
        "The agency acts in its own name and says why: a reason is needed.",
    ),
    "unknown_card_type": Message(
        "'{card_type}'은(는) 이 사업의 카드 종류가 아닙니다({known}).",
        "'{card_type}' is no card type of this programme ({known}).",
    ),
    "up_in_the_future": Message(
        "복구 시각이 현재({now})보다 늦을 수 없습니다.",
        "Cards cannot be up as of an instant that has not come yet (now {now}).",
    ),
    "utilisation_out_of_order": Message(
        "사용률 보고 시각({until})은 앞선 보고({after}) 뒤이면서 현재를 넘지 않아야 합니다.",
        "A utilisation report must reach beyond the last one ({after}) and not beyond now, unlike {until}.",
    ),
    "which_downtime": Message(
        "이 서버에 등록된 고장이 여럿입니다({downtimes}). 어느 것인지 적어 주십시오.",
        "Several downtimes of this server last ({downtimes}); say which one.",
    ),
}

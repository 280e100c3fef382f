"""The words of the codes about selecting providers (RV-15)."""

from libs.common.messages.catalogue import Message

PROVIDERS: dict[str, Message] = {
    "providers_are_negotiated": Message(
        "'{programme}'은(는) 공급사 모집이므로 협상 순서(/v1/provider-selections)로 진행합니다.",
        "'{programme}' is a call for providers: it goes on with an order of negotiation (/v1/provider-selections).",
    ),
    "provider_order_made": Message(
        "'{programme}'의 협상 순서는 이미 정해졌습니다({provider_selection_id}).",
        "The order of negotiation of '{programme}' is made already ({provider_selection_id}).",
    ),
    "one_provider_in_principle": Message(
        "이 공고는 공급사 하나를 선정하는 것이 원칙이고 '{agreed}'과(와) 협약했습니다."
        " '{application_id}'과(와) 협상하려면 복수 선정 결정을 먼저 기록하여 주십시오.",
        "This call selects one provider in principle, and '{agreed}' is agreed with. Record the decision for several"
        " before negotiating with '{application_id}'.",
    ),
    "provider_not_next": Message(
        "앞선 순위인 '{before}'의 협상이 끝나지 않아 '{application_id}'의 차례가 아닙니다.",
        "It is not the turn of '{application_id}': '{before}' comes first and is not through yet.",
    ),
    "provider_out": Message(
        "'{application_id}'의 협상은 이미 끝났습니다.", "Negotiation with '{application_id}' is over."
    ),
    "other_step_next": Message(
        "'{application_id}'이(가) 지금 거칠 단계는 {awaited_step}입니다({provider_step} 단계가 아닙니다).",
        "The step of '{application_id}' now is {awaited_step}, not {provider_step}.",
    ),
    "agreement_by_two": Message(
        "'{application_id}'과(와)의 협약은 두 사람이 확인합니다. 협약 제안(agreements)으로 진행하여 주십시오.",
        "The agreement with '{application_id}' is made by two people: propose it (agreements).",
    ),
    "nothing_to_show": Message(
        "시연 결과는 기술시연 단계에만 적습니다('{application_id}', {provider_step} 단계).",
        "What was shown belongs to the technical step alone ('{application_id}', {provider_step}).",
    ),
    "demonstration_incomplete": Message(
        "'{application_id}'의 시연 항목 {items}개의 결과를 모두 적어야 합니다(적은 결과 {shown}개).",
        "Tell of each of the {items} items whether '{application_id}' showed it well (told: {shown}).",
    ),
    "demonstration_failed": Message(
        "시연하지 못한 항목이 있어 '{application_id}'을(를) 통과시킬 수 없습니다: {failed}",
        "'{application_id}' cannot pass: it did not show {failed}.",
    ),
    "rounds_over": Message(
        "가격협상은 {rounds_max}회까지 할 수 있습니다('{application_id}', {round}회).",
        "Prices are negotiated in at most {rounds_max} rounds ('{application_id}', round {round}).",
    ),
    "round_not_next": Message(
        "'{application_id}'의 다음 가격협상은 {next_round}회입니다(보낸 회차 {round}회).",
        "The next round with '{application_id}' is {next_round} (sent: {round}).",
    ),
    "not_offered": Message(
        "'{application_id}'이(가) 제안하지 않은 상품의 단가입니다: {products}",
        "'{application_id}' does not offer these products: {products}",
    ),
    "product_priced_twice": Message(
        "'{application_id}'의 같은 상품에 단가가 두 번 적혀 있습니다: {products}",
        "These products of '{application_id}' have two prices in one round: {products}",
    ),
    "price_missing": Message(
        "'{application_id}'이(가) 제안한 상품 가운데 협상한 단가가 없는 것이 있습니다: {products}",
        "These products that '{application_id}' offers have no negotiated price: {products}",
    ),
    "consortium_unchecked": Message(
        "'{application_id}'의 컨소시엄을 협약 전에 점검하지 않았습니다. 접수에서 협약 전 점검을 먼저 하여 주십시오.",
        "The consortium of '{application_id}' was not checked before the agreement; check it in intake first.",
    ),
    "consortium_fails": Message(
        "협약 전 점검({check_id})에서 부적합으로 나타나 '{application_id}'과(와) 협약할 수 없습니다.",
        "The check before the agreement ({check_id}) fails: no agreement is made with '{application_id}'.",
    ),
    "agreement_day": Message(
        "협약일 {agreed_on}은(는) 가격협상을 마친 날부터 오늘({today}) 사이가 아닙니다.",
        "The agreement's day {agreed_on} is not between the end of the price negotiation and today ({today}).",
    ),
    "several_anyway": Message(
        "이 공고는 공급사를 하나로 정하지 않아 따로 결정할 것이 없습니다.",
        "This call selects several providers anyway: there is nothing to decide.",
    ),
    "several_decided": Message(
        "복수 선정은 이미 결정되었습니다.", "It is decided already that several providers are selected."
    ),
}

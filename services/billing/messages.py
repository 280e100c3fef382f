"""The words of the codes that billing answers."""

from libs.common.messages.catalogue import Message

_PRICES: dict[str, Message] = {
    "price_round_over": Message(
        "가격 협상은 {rounds_max}회까지입니다({round}회차는 등록할 수 없습니다).",
        "At most {rounds_max} negotiation rounds; round {round} cannot be recorded.",
    ),
    "price_round_taken": Message(
        "이미 {last_round}회차까지 등록되었습니다. {round}회차는 다시 등록할 수 없습니다.",
        "Round {last_round} is on record already; round {round} cannot be recorded any more.",
    ),
    "fixed_price_above_share": Message(
        "{month}의 고정할당 단가 {fixed_krw}원이 동적할당 단가 {dynamic_krw}원의 {share_pct}%를 넘습니다.",
        "In {month} the fixed price of {fixed_krw} won exceeds {share_pct} % of the dynamic {dynamic_krw} won.",
    ),
    "dynamic_price_missing": Message(
        "{month}에 비교할 '{product}' 동적할당 단가가 없습니다. 동적할당 협상가를 먼저 등록해 주십시오.",
        "There is no dynamic price of '{product}' for {month} to compare with. Record the dynamic price first.",
    ),
    "price_withdrawn": Message(
        "단가 '{price}'은(는) 이미 취소되었습니다.", "The price '{price}' is taken back already."
    ),
    "wait_discount_withdrawn": Message(
        "대기 할인율 '{rate}'은(는) 이미 취소되었습니다.", "The wait discount rate '{rate}' is taken back already."
    ),
    "fixed_price_rests_on_it": Message(
        "고정할당 단가 '{fixed}'이(가) 동적할당 단가 '{price}'을(를) 기준으로 합니다. 고정할당 단가를 먼저"
        " 취소해 주십시오.",
        "The fixed price '{fixed}' rests on the dynamic price '{price}'. Take the fixed price back first.",
    ),
    "price_begins_with_month": Message(
        "단가는 달의 첫날부터 적용됩니다({valid_from}은(는) 첫날이 아닙니다).",
        "A price begins with the first day of a month; {valid_from} is none.",
    ),
    "product_not_priced": Message(
        "단가표에 '{product}' 항목이 없습니다. 등록할 수 있는 항목: {products}",
        "The price book has no '{product}'. It prices: {products}",
    ),
    "monthly_price_is_fixed": Message(
        "월 단가 사업에는 고정할당 단가만 등록합니다(입력: {mode}).",
        "A programme with monthly prices has fixed prices only (got {mode}).",
    ),
    "wait_discount_taken": Message(
        "{month}의 대기 할인율은 이미 {rate_pct}%로 등록되어 있습니다.",
        "A wait discount rate of {rate_pct} % is on record for {month} already.",
    ),
}

_SELF_PAYMENTS: dict[str, Message] = {
    "self_payment_other_flow": Message(
        "이 사업의 자부담금 납부 방식은 '{flow}'입니다('{needed}' 방식의 절차입니다).",
        "Self-payments of this programme go by '{flow}'; this step is for '{needed}'.",
    ),
    "nothing_to_refund": Message(
        "'{application_id}'에는 지금 돌려줄 자부담금이 없습니다.",
        "There is nothing of the self-payment of '{application_id}' to give back now.",
    ),
    "use_not_started": Message(
        "'{application_id}'의 자원 사용이 아직 시작되지 않았습니다.",
        "Use of '{application_id}' has not started yet.",
    ),
    "received_beyond_bounds": Message(
        "{amount_krw}원을 더하면 받은 금액이 {krw_max}원을 넘어 기록할 수 없습니다. 금액을 확인해 주십시오.",
        "With {amount_krw} won more than {krw_max} won would have come in. Please check the amount.",
    ),
    "notice_over_due": Message(
        "이미 {notified_krw}원을 통보했습니다. {amount_krw}원을 더하면 자부담금 {due_krw}원을 넘습니다.",
        "{notified_krw} won are notified already; {amount_krw} more would exceed the {due_krw} won owed.",
    ),
    "notice_needs_date": Message(
        "이 사업에는 납부 기한이 정해져 있지 않습니다. 납부 기한을 함께 적어 주십시오.",
        "This programme has no term for notices; state the date to pay until.",
    ),
    "payment_over_due": Message(
        "이미 {paid_krw}원을 냈습니다. {amount_krw}원을 더하면 자부담금 {due_krw}원을 넘습니다.",
        "{paid_krw} won are paid already; {amount_krw} more would exceed the {due_krw} won owed.",
    ),
    "reference_taken": Message(
        "참조 번호 '{reference}'은(는) 다른 내용으로 이미 기록되어 있습니다.",
        "The reference '{reference}' is on record for something else.",
    ),
    "claimant_confirms": Message(
        "잔액 증빙 '{evidence}'을(를) 제출한 사람은 확인할 수 없습니다. 다른 담당자가 확인합니다.",
        "Whoever handed in evidence '{evidence}' cannot confirm it; another officer does.",
    ),
    "other_balance_needs_reason": Message(
        "잔액 증빙 '{evidence}'의 신고 잔액은 {claimed_krw}원입니다. {balance_krw}원으로 확인하려면"
        " 사유를 적어 주십시오.",
        "Evidence '{evidence}' claims {claimed_krw} won; state a reason to confirm {balance_krw} won.",
    ),
    "evidence_judged": Message(
        "잔액 증빙 '{evidence}'은(는) 이미 확인되었거나 반려되었습니다.",
        "Evidence '{evidence}' is confirmed or rejected already.",
    ),
    "evidence_not_confirmed": Message(
        "잔액 증빙 '{evidence}'은(는) 확인된 상태가 아니어서 확인을 취소할 수 없습니다.",
        "Evidence '{evidence}' is not confirmed, so there is no confirmation to take back.",
    ),
    "document_claimed": Message(
        "같은 서류가 잔액 {claimed_krw}원의 증빙 '{evidence}'(으)로 이미 제출되어 있습니다.",
        "The same document is handed in already as evidence '{evidence}' of {claimed_krw} won.",
    ),
    "document_differs": Message(
        "잔액 증빙 '{evidence}'에 적힌 서류가 접수된 파일과 다릅니다(적힌 SHA-256 {claimed_sha256},"
        " 접수된 파일 {filed_sha256}). 반려하고 올린 파일로 다시 제출하게 해 주십시오.",
        "Evidence '{evidence}' names another document than was uploaded (claimed SHA-256 {claimed_sha256}, uploaded"
        " {filed_sha256}). Reject it and have it handed in again with the uploaded file.",
    ),
    "document_confirmed_elsewhere": Message(
        "잔액 증빙 '{evidence}'의 서류는 다른 기관 '{organisation_id}'의 신청 '{application_id}'에서 이미"
        " 확인되었습니다(증빙 '{other_evidence}'). 한 잔액으로 두 기관의 자부담금을 확인할 수 없습니다.",
        "The document of evidence '{evidence}' is confirmed already for application '{application_id}' of another"
        " organisation, '{organisation_id}' (evidence '{other_evidence}'). One balance cannot cover both.",
    ),
    "receipt_reversed": Message(
        "수납 기록 '{receipt}'은(는) 이미 취소되었습니다.", "Receipt '{receipt}' is reversed already."
    ),
    "reversal_stays": Message(
        "'{receipt}'은(는) 취소 기록이라 다시 취소할 수 없습니다. 맞는 금액을 새로 기록해 주십시오.",
        "'{receipt}' is a reversal itself and stays; record the right amount anew.",
    ),
    "refund_stays": Message(
        "'{receipt}'은(는) 환불 기록이라 취소할 수 없습니다. 돌아온 금액은 새로 기록해 주십시오.",
        "'{receipt}' is a refund and stays; record anew what came back of it.",
    ),
    "receipt_used_up": Message(
        "수납 기록 '{receipt}'의 {amount_krw}원 가운데 {free_krw}원만 쓰이지 않고 남아 있어 취소할 수 없습니다.",
        "Of receipt '{receipt}' over {amount_krw} won only {free_krw} won are unused, so it cannot be reversed.",
    ),
    "refund_waits_for_dispute": Message(
        "'{application_id}'의 정산에 결정되지 않은 이의가 있어 환불할 수 없습니다({disputes}). 이의가 결정된 뒤 다시"
        " 제안해 주십시오.",
        "Lines of '{application_id}' are contested and not decided, so nothing can be refunded ({disputes})."
        " Propose the refund again once they are.",
    ),
    "use_not_settled": Message(
        "'{application_id}'의 사용료가 아직 모두 정산되지 않아 환불할 수 없습니다(남은 정산: {settlement}).",
        "Use of '{application_id}' is not settled yet, so nothing can be refunded (waits for {settlement}).",
    ),
}

_BUDGET: dict[str, Message] = {
    "shift_needs_two_parts": Message(
        "보내는 항목과 받는 항목이 같습니다({part}).", "Both parts of the shift are '{part}'."
    ),
    "shift_exceeds_part": Message(
        "'{part}' 항목에 남은 금액은 {free_krw}원이라 {amount_krw}원을 옮길 수 없습니다.",
        "'{part}' has {free_krw} won left; {amount_krw} won cannot be moved.",
    ),
    "budget_without_cap": Message(
        "사업 '{programme}'은(는) 예산 한도가 없어 조정할 항목이 없습니다.",
        "Programme '{programme}' has no cap, so there is nothing to shift.",
    ),
    "move_needs_two_programmes": Message(
        "보내는 사업과 받는 사업이 같습니다({programme}).", "Both programmes of the move are '{programme}'."
    ),
    "cap_not_shared": Message(
        "사업 '{programme}'과(와) '{other}'은(는) 한 예산을 나누어 쓰지 않아 금액을 옮길 수 없습니다.",
        "Programmes '{programme}' and '{other}' do not share a cap, so nothing can be moved between them.",
    ),
    "programme_move_exceeds": Message(
        "사업 '{programme}'의 몫에서 쓰이지 않은 금액은 {free_krw}원이라 {amount_krw}원을 옮길 수 없습니다.",
        "Of its part '{programme}' has {free_krw} won unused; {amount_krw} won cannot be moved.",
    ),
}

_CLAWBACKS: dict[str, Message] = {
    "clawback_over_subsidy": Message(
        "'{grant_id}'에 지급된 지원금 {subsidy_krw}원 가운데 환수할 수 있는 금액은 {left_krw}원입니다.",
        "Of the {subsidy_krw} won of subsidy paid for '{grant_id}' only {left_krw} won can be claimed back.",
    ),
    "no_subsidy_to_claim": Message(
        "'{grant_id}'에는 환수할 지원금이 없습니다(지급 {subsidy_krw}원, 환수 청구 {claimed_krw}원).",
        "'{grant_id}' has no subsidy to claim back ({subsidy_krw} won paid, {claimed_krw} won claimed already).",
    ),
    "clawback_withdrawn": Message(
        "환수 청구 '{clawback}'은(는) 이미 취소되었습니다.", "Clawback '{clawback}' is taken back already."
    ),
    "clawback_overpaid": Message(
        "환수 청구 '{clawback}'에 남은 금액은 {owed_krw}원입니다. {amount_krw}원은 기록할 수 없습니다.",
        "{owed_krw} won are still owed of clawback '{clawback}'; {amount_krw} won cannot be booked.",
    ),
    "clawback_owes_nothing": Message(
        "환수 청구 '{clawback}'에는 돌려줄 금액이 없습니다. 취소된 청구에 받은 금액이 있을 때만 돌려줍니다.",
        "Nothing of clawback '{clawback}' is to be given back; only what was paid of a claim taken back is.",
    ),
    "clawback_payment_reversed": Message(
        "환수 납부 기록 '{payment}'은(는) 이미 취소되었습니다.", "Clawback payment '{payment}' is reversed already."
    ),
    "clawback_booking_stays": Message(
        "환수 납부 기록 '{payment}'은(는) 취소할 수 없습니다. 취소·환불 기록이거나 이미 돌려준 금액입니다.",
        "Clawback booking '{payment}' cannot be reversed: it is a reversal or refund, or was given back already.",
    ),
}

_SETTLEMENTS: dict[str, Message] = {
    "settlement_parked": Message(
        "정산 '{settlement}'에 필요한 다음 값이 없어 보류되어 있습니다:[[ {price_month} {product} {mode} 단가]]"
        "[[ {discount_month} 대기 할인율]][[ {waits_for}]]",
        "Settlement '{settlement}' is parked; it waits for:[[ the {mode} price of {product} for {price_month}]]"
        "[[ the wait discount rate for {discount_month}]][[ {waits_for}]]",
    ),
    "settlement_beyond_bounds": Message(
        "정산 '{settlement}'의[[ {price_month} {product} {mode} 사용분]][[ {month} 전체]] 금액이"
        " 한도 {krw_max}원을 넘어 보류되어 있습니다. 단가나 수량을 확인해 주십시오.",
        "Settlement '{settlement}' is parked: its amount[[ for {mode} use of {product} in {price_month}]]"
        "[[ for all of {month}]] exceeds the limit of {krw_max} won. Please check the price or the quantity.",
    ),
    "grant_waits": Message(
        "'{grant_id}'의 사용료는 다음 값이 없어 보류되어 있습니다:[[ {price_month} {product} {mode} 단가]]"
        "[[ {discount_month} 대기 할인율]][[ {waits_for}]]",
        "The lines of '{grant_id}' are parked; they wait for:[[ the {mode} price of {product} for {price_month}]]"
        "[[ the wait discount rate for {discount_month}]][[ {waits_for}]]",
    ),
    "grant_beyond_bounds": Message(
        "'{grant_id}'의[[ {price_month} {product} {mode} 사용분]][[ {month} 전체]] 금액이 한도 {krw_max}원을 넘어"
        " 보류되어 있습니다. 단가나 수량을 확인해 주십시오.",
        "The lines of '{grant_id}' are parked: their amount[[ for {mode} use of {product} in {price_month}]]"
        "[[ for all of {month}]] exceeds the limit of {krw_max} won. Please check the price or the quantity.",
    ),
    "more_back_than_reported": Message(
        "'{grant_id}'의 {month} 사용분에서 보고한 것보다 많은 시간이 취소되어 보류되어 있습니다."
        " 공급사가 사용 보고를 확인해 주십시오.",
        "More hours of '{grant_id}' were taken back for {month} than were ever reported, so its lines are parked."
        " The provider should check its reports.",
    ),
    "earlier_month_open": Message(
        "정산 '{settlement}'에서 조정하는 {months} 정산을 먼저 발행해 주십시오.",
        "Settlement '{settlement}' adjusts {months}; issue those first.",
    ),
    "self_payment_unknown": Message(
        "'{grant_id}'의 자부담금이 정해지지 않아 누가 부담할지 나눌 수 없습니다(없는 값: {missing}).",
        "The self-payment of '{grant_id}' is not known, so its fee cannot be split (missing: {missing}).",
    ),
    "more_back_than_paid": Message(
        "'{grant_id}'의 조정액 {fee_krw}원이 지금까지 지급된 금액보다 큽니다. 담당자가 확인해야 합니다.",
        "The adjustment of {fee_krw} won for '{grant_id}' exceeds what was ever paid; people must look at it.",
    ),
    "issuer_approves": Message(
        "정산 '{settlement}'을(를) 발행한 사람은 승인할 수 없습니다. 다른 담당자가 승인합니다.",
        "Whoever issued settlement '{settlement}' cannot approve it; another officer does.",
    ),
    "payer_took_part": Message(
        "정산 '{settlement}'을(를) 발행하거나 승인한 사람은 지급할 수 없습니다. 세 번째 담당자가 지급합니다.",
        "Whoever issued or approved settlement '{settlement}' cannot pay it; a third officer does.",
    ),
    "dispute_open": Message(
        "정산 '{settlement}'에 결정되지 않은 이의가 있어 아직 승인할 수 없습니다({disputes}).",
        "Settlement '{settlement}' cannot be approved while a dispute is open ({disputes}).",
    ),
    "dispute_window_runs": Message(
        "정산 '{settlement}'의 이의 제기 기간이 끝나야 승인할 수 있습니다(기한: {until}).",
        "Settlement '{settlement}' cannot be approved before its dispute window ends at {until}.",
    ),
    "raiser_decides": Message(
        "이의 '{dispute}'은(는) 본인이 제기한 것이라 결정에 참여할 수 없습니다. 다른 담당자가 결정해 주십시오.",
        "You raised dispute '{dispute}' yourself: other officers have to decide it.",
    ),
    "decision_beyond_line": Message(
        "이의 '{dispute}'의 결정 금액 {amount_krw}원은 0원과 다툰 줄의 금액 {line_krw}원 사이여야 합니다.",
        "The decision on dispute '{dispute}', {amount_krw} won, must lie between 0 and the contested {line_krw} won.",
    ),
    "dispute_window_closed": Message(
        "정산 '{settlement}'의 이의 제기 기간이 끝났습니다(기한: {until}).",
        "The dispute window of settlement '{settlement}' is closed (it ended at {until}).",
    ),
    "dispute_window_waived": Message(
        "공급사가 정산 '{settlement}'의 남은 이의 제기 기간을 포기하여 더 이상 이의를 제기할 수 없습니다.",
        "The provider waived the rest of the dispute window of settlement '{settlement}'; nothing can be contested"
        " any more.",
    ),
    "no_window_to_waive": Message(
        "정산 '{settlement}'에는 포기할 이의 제기 기간이 없습니다(이미 끝났거나 두지 않습니다).",
        "Settlement '{settlement}' has no dispute window left to waive: it is over, or there is none.",
    ),
    "waiver_while_disputed": Message(
        "정산 '{settlement}'에 결정되지 않은 이의가 있어 이의 제기 기간을 포기할 수 없습니다({disputes}).",
        "The dispute window of settlement '{settlement}' cannot be waived while a dispute is open ({disputes}).",
    ),
    "no_dispute_window": Message(
        "정산 '{settlement}'에는 이의를 제기할 수 없습니다. 이 사업은 이의 제기 기간을 두지 않습니다.",
        "The lines of settlement '{settlement}' cannot be contested: its programme has no dispute window.",
    ),
    "line_contested": Message(
        "정산 '{settlement}'의 {line}번 줄에는 결정되지 않은 이의가 이미 있습니다.",
        "Line {line} of settlement '{settlement}' is contested already and not decided yet.",
    ),
}

MESSAGES: dict[str, Message] = {**_PRICES, **_SELF_PAYMENTS, **_BUDGET, **_CLAWBACKS, **_SETTLEMENTS}

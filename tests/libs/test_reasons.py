"""Why a process is not ready is told as a sentence in two languages, for every reason that it can give."""

import pytest

from libs.common.reasons import in_words


@pytest.mark.parametrize(
    ("why_not", "ko", "en"),
    [
        ("stopping", "멈추는 중", "stopping"),
        ("schema: not migrated, intake_0004 is needed", "표가 없습니다", "no tables"),
        ("schema: intake_0001, intake_0004 is needed", "migrate를 실행", "run migrate"),
        ("database: InvalidPasswordError('password authentication failed')", "비밀번호를 거절", "DURE_DATABASE_URL"),
        ("database: SSLCertVerificationError(1, '…')", "TLS를 맺지", "DURE_DATABASE_SSLROOTCERT"),
        ("database: takes no changes (read only)", "읽기 전용", "read only"),
        ("database: no answer within 1.8 s", "답하지 않습니다", "does not answer"),
        ("database: ConnectionRefusedError(111, '…')", "답하지 않습니다", "does not answer"),
        ("issuer: ConnectError('…')", "공개 키", "DURE_OIDC_JWKS_URL"),
        ("billing: consumer broke: SaslAuthenticationFailed('…')", "비밀번호를 거절", "DURE_KAFKA_PASSWORD"),
        ("publishing fails: SSLCertVerificationError(1, '…')", "TLS를 맺지", "DURE_KAFKA_CA_FILE"),
        ("billing: consumer broke: GroupAuthorizationFailedError('…')", "ACL", "ACL"),
        ("billing: has not joined its group yet", "Kafka에 닿지", "DURE_KAFKA_BOOTSTRAP"),
        ("DeadLetterLimit('more than 100 dead letters')", "한도를 넘어", "limit of dead letters"),
        ("billing: handling fails since 3 tries: SSLError('…')", "dure bus free", "dure bus free"),
        ("RuntimeError('a bug of ours')", "dure bus lag", "dure bus lag"),
    ],
)
def test_a_reason_is_told_in_words(why_not: str, ko: str, en: str) -> None:
    """The sentence names what is wrong and where to look."""
    told = in_words(why_not)
    assert ko in told["ko"]
    assert en in told["en"]


def test_what_is_ready_has_no_words() -> None:
    """Nothing is told where nothing is wrong."""
    assert in_words("") == {}

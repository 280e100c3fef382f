"""Why a process is not ready, in words: what is wrong and what mends it, beside the technical reason."""

import re

_STANDS = (
    "이벤트 하나를 처리하지 못해 멈춰 있습니다. dure bus lag가 이유를 말하고, dure bus free가 그 이벤트를 따로 둡니다.",
    "It stands at an event that it cannot handle: dure bus lag says why, dure bus free puts it aside.",
)
_SENTENCES: tuple[tuple[str, str, str], ...] = (
    (r"^stopping", "멈추는 중입니다.", "It is stopping."),
    (
        r"^schema: not migrated",
        "데이터베이스에 표가 없습니다. 먼저 migrate를 실행하세요.",
        "The database has no tables yet: run migrate first.",
    ),
    (
        r"^schema:",
        "데이터베이스 구조가 이 판보다 오래되었습니다. 먼저 migrate를 실행하세요.",
        "The database's schema is older than this version: run migrate first.",
    ),
    (
        r"^database:.*(InvalidPassword|InvalidAuthorization)",
        "데이터베이스가 이름이나 비밀번호를 거절했습니다. DURE_DATABASE_URL을 확인하세요.",
        "The database refused the name or the password: look at DURE_DATABASE_URL.",
    ),
    (
        r"^database:.*(SSL|certificate)",
        "데이터베이스와 TLS를 맺지 못했습니다. DURE_DATABASE_SSLMODE와 DURE_DATABASE_SSLROOTCERT를 확인하세요.",
        "No TLS with the database: look at DURE_DATABASE_SSLMODE and DURE_DATABASE_SSLROOTCERT.",
    ),
    (
        r"^database: takes no changes",
        "데이터베이스가 읽기 전용입니다. 주 서버를 가리키는지 확인하세요.",
        "The database is read only: see that the address leads to the primary server.",
    ),
    (r"^database:", "데이터베이스가 답하지 않습니다.", "The database does not answer."),
    (
        r"^issuer:",
        "인증 서버의 공개 키를 읽지 못합니다. DURE_OIDC_JWKS_URL을 확인하세요.",
        "The issuer's keys cannot be read: look at DURE_OIDC_JWKS_URL.",
    ),
    (
        r"^documents:",
        "서류 폴더가 사라졌거나 이 데이터베이스의 폴더가 아닙니다. 공유 볼륨과 DURE_STATE_DIR을 확인하세요.",
        "The documents folder is gone or is not this database's: look at the shared volume and DURE_STATE_DIR.",
    ),
    (
        r"DeadLetterLimit",
        "따로 둔 이벤트가 한도를 넘어 멈췄습니다. dure bus dead로 살펴보세요.",
        "It stands at the limit of dead letters: look at dure bus dead.",
    ),
    (r"handling fails", *_STANDS),
    (
        r"SaslAuthenticationFailed|AuthenticationFailedError",
        "Kafka가 이름이나 비밀번호를 거절했습니다. DURE_KAFKA_USERNAME과 DURE_KAFKA_PASSWORD를 확인하세요.",
        "Kafka refused the name or the password: look at DURE_KAFKA_USERNAME and DURE_KAFKA_PASSWORD.",
    ),
    (
        r"SSL|certificate",
        "Kafka와 TLS를 맺지 못했습니다. DURE_KAFKA_CA_FILE과 브로커의 인증서를 확인하세요.",
        "No TLS with Kafka: look at DURE_KAFKA_CA_FILE and at the broker's certificate.",
    ),
    (
        r"AuthorizationFailed",
        "Kafka가 이 이름에 권한을 주지 않았습니다. 토픽과 그룹의 ACL을 확인하세요.",
        "Kafka gives this name no right to the topic or group: look at its ACLs.",
    ),
    (
        r"^(?:[\w-]+: )?(?:has not joined|(?:consumer broke|publishing fails): (?:KafkaConnectionError|TimeoutError))",
        "Kafka에 닿지 못합니다. DURE_KAFKA_BOOTSTRAP과 브로커를 확인하세요.",
        "Kafka cannot be reached: look at DURE_KAFKA_BOOTSTRAP and at the brokers.",
    ),
    (
        r"^(?:[\w-]+: )?(?:consumer broke|publishing fails)",
        "Kafka를 쓰지 못하고 있습니다. 자세한 이유는 detail에 있습니다.",
        "Kafka cannot be used; detail tells why.",
    ),
)


def in_words(why_not: str) -> dict[str, str]:
    """The sentences for a reason that readiness gives, by language; none where it is ready."""
    if not why_not:
        return {}
    found = next(((ko, en) for pattern, ko, en in _SENTENCES if re.search(pattern, why_not)), _STANDS)
    return {"ko": found[0], "en": found[1]}

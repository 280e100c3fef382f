"""Fields that several of intake's requests share; ranges are those of CV-10."""

from typing import Annotated

from fastapi import Form, Path, Query
from pydantic import AfterValidator, Field, StringConstraints

from libs.common.bounds import Day, Expected, Text, names_something
from libs.common.definition import programme
from libs.common.gate import counted_as
from libs.common.identity import Caller
from libs.common.web import Allowed

Name = Annotated[Text, StringConstraints(min_length=1, max_length=200)]
Code = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_]{1,39}$"),
    Expected(
        "작은 로마자, 숫자, 밑줄 2~40자의 코드(예: sme)", "a code of 2 to 40 small letters, digits and _, such as sme"
    ),
]
ProgrammeCode = programme.ProgrammeCode
BusinessNumber = Annotated[Text, StringConstraints(min_length=10, max_length=20)]
"""사업자등록번호 10자리 · ten digits, hyphens allowed."""
Source = Annotated[Text, StringConstraints(min_length=1, max_length=1_000)]
"""근거 · where it is known from."""
Reason = Annotated[Text, StringConstraints(min_length=1, max_length=2_000)]
Key = Annotated[Text, StringConstraints(min_length=1, max_length=40)]
ProviderCode = Annotated[
    Text,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f/]+$"),
    AfterValidator(names_something),
]
"""공급사 코드 · a code of which a key remains (CV-9)."""
ResearcherNumber = Annotated[Text, StringConstraints(max_length=100)]
"""국가연구자번호, 없으면 빈 글 · the national researcher number, empty where there is none."""
PersonKey = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{64}$"),
    Expected("64자의 16진수(SHA-256)", "64 hexadecimal digits (SHA-256)"),
]
"""SHA-256 of a representative's folded name and birth date."""
Flag = Annotated[bool, Field(strict=True)]
"""참/거짓 · true or false, no word or number for it."""

ProviderPath = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f/]+$")]
OfProvider = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]+$", description="공급사 코드 · provider")]
ResearcherPath = Annotated[ResearcherNumber, Path(min_length=1)]
ApplicationPath = Annotated[Text, Path(max_length=40)]
IssuedOn = Annotated[Day | None, Form(description="발급일 · the day of issue", examples=["2025-07-01"])]
ValidUntil = Annotated[Day | None, Form(description="유효기간의 마지막 날 · the last day", examples=["2026-03-31"])]
DocumentPath = Annotated[Text, Path(max_length=40)]
OrganisationPath = Annotated[Text, Path(max_length=40)]
Subject = Annotated[Text, StringConstraints(min_length=1, max_length=200)]
"""로그인 아이디(토큰의 sub) · whom a token names."""
SubjectPath = Annotated[Subject, Path(description="로그인 아이디 · the subject of a token")]
CheckPath = Annotated[Text, Path(max_length=40)]
ProgrammePath = Annotated[Text, Path(max_length=41)]
InProgramme = Annotated[Text, Query(max_length=41, description="사업 코드 · programme")]
InProgrammeIfAny = Annotated[Text | None, Query(max_length=41, description="사업 코드 · programme")]
OfOrganisation = Annotated[Text | None, Query(max_length=40, description="기관 · organisation")]

Agency = Annotated[Caller, Allowed("officer", "operator", "auditor")]
Officer = Annotated[Caller, Allowed("officer")]
Applicant = Annotated[Caller, Allowed("applicant", "officer")]
Reader = Annotated[Caller, Allowed("applicant", "officer", "operator", "auditor")]
AgreementReader = Annotated[Caller, Allowed("applicant", "provider", "officer", "operator", "auditor")]
ApplicantAlone = Annotated[Caller, Allowed("applicant")]

AS_UPLOAD = counted_as(4)
"""An upload or a paper costs as much as so many other requests: of 1,200 a minute, 300 uploads."""
AS_DRAFT = counted_as(10)
"""A new draft: of 1,200 a minute, 120 (F-50)."""

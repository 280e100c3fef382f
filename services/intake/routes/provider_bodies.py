"""Requests about providers."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from libs.common.bounds import BirthDay, Instant
from libs.common.web import Body
from services.intake.model.organisations import Representative
from services.intake.model.providers import ToldMember
from services.intake.operations.providers import NewProvider, ProviderEdit
from services.intake.routes.fields import BusinessNumber, Flag, Key, Name, PersonKey, ProviderCode, Reason

REGISTERED: dict[str, Any] = {
    "provider_id": "alpha",
    "name": "알파클라우드",
    "business_no": "124-81-00998",
    "representatives": [{"name": "김하늘", "born_on": "1970-05-05"}],
    "affiliates": [],
}
MEMBERS_MAX = 50


class Person(Body):
    """One (joint) representative."""

    name: Name
    born_on: BirthDay

    def told(self) -> Representative:
        """The person."""
        return Representative(self.name, self.born_on)


People = Annotated[list[Person], Field(default_factory=list, max_length=50)]
Affiliates = Annotated[list[BusinessNumber], Field(default_factory=list, max_length=1_000)]


class CompanyBody(Body):
    """A company that supplies cards."""

    name: Name
    business_no: BusinessNumber
    representatives: People
    affiliates: Affiliates
    opened_on: BirthDay | None = None
    """When the business opened, where it is known: a young one is not checked for impairment (IN-8)."""
    csap: Flag = False
    """Whether it holds the cloud security certification (CSAP)."""

    def member(self) -> ToldMember:
        """The company as a member of a provider."""
        people = tuple(person.told() for person in self.representatives)
        return ToldMember(self.name, self.business_no, people, tuple(self.affiliates), self.opened_on, self.csap)


class RegisterProvider(CompanyBody):
    """A cloud provider under a code of the officer's choice; its tokens carry the code as `organisation_id`.

    `members` are the others of its consortium. An organisation that has the business number is the provider's; else
    it is founded. `representative_keys` stand for representatives whose names nobody kept.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, json_schema_extra={"examples": [REGISTERED]})

    provider_id: ProviderCode
    organisation_id: Key | None = None
    members: list[CompanyBody] = Field([], max_length=MEMBERS_MAX)
    representative_keys: list[PersonKey] = Field([], max_length=1_000)

    def told(self) -> NewProvider:
        """What is registered."""
        return NewProvider(
            self.provider_id,
            self.member(),
            tuple(member.member() for member in self.members),
            self.organisation_id,
            tuple(self.representative_keys),
        )


class ChangeProvider(Body):
    """What changes, with the reason; what is left out stays. Lists replace those that were there."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"csap": True, "reason": "클라우드 보안인증서 접수"}]},
    )

    name: Name | None = None
    representatives: list[Person] | None = Field(None, max_length=50)
    affiliates: list[BusinessNumber] | None = Field(None, max_length=1_000)
    csap: Flag | None = None
    members: list[CompanyBody] | None = Field(None, max_length=MEMBERS_MAX)
    reason: Reason

    def told(self) -> ProviderEdit:
        """The change."""
        people, affiliates, others = self.representatives, self.affiliates, self.members
        return ProviderEdit(
            name=self.name,
            representatives=None if people is None else tuple(person.told() for person in people),
            affiliates=None if affiliates is None else tuple(affiliates),
            csap_certified=self.csap,
            others=None if others is None else tuple(member.member() for member in others),
        )


class KnownElsewhere(BaseModel):
    """A provider as the allocator listed it before organisations stood behind codes; other fields are passed over."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    provider_id: ProviderCode
    name: Name
    business_no: BusinessNumber
    affiliates: Affiliates
    registered_at: Instant | None = None
    representative_keys: list[PersonKey] = Field([], max_length=1_000)

    def told(self) -> NewProvider:
        """What is registered."""
        company = ToldMember(self.name, self.business_no, (), tuple(self.affiliates), None, csap_certified=False)
        keys = tuple(self.representative_keys)
        return NewProvider(self.provider_id, company, (), None, keys, self.registered_at)


class MoveProviders(BaseModel):
    """A page of `GET /v1/providers` of the allocator, as it answered."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "provider_id": "alpha",
                            "name": "알파클라우드",
                            "business_no": "1248100998",
                            "affiliates": [],
                            "registered_at": "2025-09-01T01:00:00Z",
                        }
                    ],
                    "next_cursor": None,
                }
            ]
        },
    )

    items: list[KnownElsewhere] = Field(max_length=200)

"""Roles and kinds of organisations (角色与机构类型). Plain words; who holds which role is a row."""

from __future__ import annotations

from django.db.models import TextChoices

from kaiwu.web.wording import pick


class OrganisationKind(TextChoices):
    """What sort of organisation somebody belongs to (机构类型); it decides which rows are in reach."""

    BUREAU = "bureau", "经信局"
    SECTION = "section", "科室"
    TOWN = "town", "镇街"
    PLATFORM = "platform", "平台"
    DEPARTMENT = "department", "部门"
    FIRM = "firm", "企业"
    PROVIDER = "provider", "服务商"
    EXPERT = "expert", "专家"
    PUBLIC = "public", "公众"


class Role(TextChoices):
    """What somebody may do (角色). Three-role split: system, security and audit are never held together."""

    OFFICER = "officer", "经办"
    CHIEF = "chief", "审批"
    TOWN = "town", "镇街经办"
    DEPARTMENT = "department", "部门经办"
    CLERK = "clerk", "企业申报员"
    PROVIDER = "provider", "服务商"
    EXPERT = "expert", "专家"
    SYSTEM = "system", "系统管理员"
    SECURITY = "security", "安全管理员"
    AUDIT = "audit", "审计员"


ENGLISH: dict[Role, str] = {
    Role.OFFICER: "officer", Role.CHIEF: "approver", Role.TOWN: "town's officer", Role.DEPARTMENT: "department's officer",
    Role.CLERK: "firm's clerk", Role.PROVIDER: "provider", Role.EXPERT: "expert", Role.SYSTEM: "system administrator",
    Role.SECURITY: "security administrator", Role.AUDIT: "auditor",
}  # fmt: skip


def role_name(role: Role) -> str:
    """The role in the reader's language."""
    return pick(role.label, ENGLISH[role])


SPLIT = frozenset({Role.SYSTEM, Role.SECURITY, Role.AUDIT})
"""三员: nobody holds two of these."""

OFFICE = frozenset({Role.OFFICER, Role.CHIEF})
GOVERNMENT = OFFICE | {Role.TOWN, Role.DEPARTMENT}
EVERYBODY = frozenset(Role)

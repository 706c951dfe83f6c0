"""Settings of the platform from environment variables (环境变量), read once, with every mistake told together.

Owns the names, defaults and checks of the variables. It does not know Django.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kaiwu.procedure.workspace import CONFIG
from kaiwu.quantity import KaiwuError, Problem

MEBIBYTE = 1024 * 1024
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}

VARIABLES: dict[str, tuple[str, str, str]] = {
    "KAIWU_WORKSPACE": (".", "工作区目录", "folder of the workspace"),
    "KAIWU_DATABASE_URL": ("", "数据库, 如 postgresql://用户:口令@主机/库; 不填用工作区中的 SQLite",
                           "database such as postgresql://user:password@host/name; SQLite in the workspace if blank"),
    "KAIWU_SECRET_KEY": ("", "会话密钥, 至少 50 个字符; 不填则在工作区 secret/ 中生成一个",
                         "session key of at least 50 characters; one is made in the workspace's secret/ if blank"),
    "KAIWU_HOSTS": ("localhost,127.0.0.1,[::1]", "允许的主机名, 逗号分隔", "allowed host names, comma separated"),
    "KAIWU_ORIGINS": ("", "反向代理之外的来源, 如 https://kaiwu.example", "origins behind a proxy such as https://kaiwu.example"),
    "KAIWU_HTTPS": ("0", "1: 只用 HTTPS(安全 Cookie、HSTS、跳转)", "1: HTTPS only (secure cookies, HSTS, redirect)"),
    "KAIWU_PROXY_HOPS": ("0", "前面可信代理的层数, 决定来访地址", "trusted proxies in front, which tell the caller's address"),
    "KAIWU_LANGUAGE": ("zh-hans", "默认语言 zh-hans 或 en", "default language zh-hans or en"),
    "KAIWU_IDLE_MINUTES": ("30", "无操作多少分钟后退出", "minutes without a click until the session ends"),
    "KAIWU_REQUIRE_TOTP": ("", "1/0: 经办、审批、三员须用动态口令; 不填则真实数据须用, 合成数据不须",
                           "1/0: officers, chiefs and administrators need one-time codes; blank: where data are real"),
    "KAIWU_UPLOAD_MIB": ("20", "单个上传文件上限(MiB)", "largest upload in MiB"),
    "KAIWU_LOG_LEVEL": ("INFO", "日志级别", "level of the log"),
    "KAIWU_OIDC_NAME": ("", "统一身份认证显示名", "shown name of the identity provider"),
    "KAIWU_OIDC_URL": ("", "统一身份认证(OIDC)发现地址", "OIDC server URL"),
    "KAIWU_OIDC_CLIENT": ("", "OIDC 客户端编号", "OIDC client id"),
    "KAIWU_OIDC_SECRET": ("", "OIDC 客户端密钥", "OIDC client secret"),
}  # fmt: skip
"""Name: default, what it is in Chinese, what it is in English."""


@dataclass
class Environment:
    """Reads variables and gathers what is wrong with them; ``finish`` raises it all."""

    values: Mapping[str, str] = field(default_factory=lambda: os.environ)
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        """The text of a variable, or its default."""
        return self.values.get(name, "").strip() or VARIABLES[name][0]

    def texts(self, name: str) -> list[str]:
        """The parts of a comma-separated variable."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def flag(self, name: str) -> bool:
        """A yes or no: 1, 0, true, false, yes, no, on, off."""
        text = self.text(name).lower()
        if text not in TRUE | FALSE:
            self._complain(name, "要写 1 或 0", "is written 1 or 0", text)
        return text in TRUE

    def flag_or_none(self, name: str) -> bool | None:
        """A yes or no, or ``None`` where nothing is said."""
        return self.flag(name) if self.text(name) else None

    def whole(self, name: str, lowest: int, highest: int) -> int:
        """An integer within bounds."""
        text = self.text(name)
        if not text.isdecimal() or not lowest <= int(text) <= highest:
            self._complain(
                name, f"要写 {lowest} 到 {highest} 的整数", f"is an integer from {lowest} to {highest}", text
            )
            return lowest
        return int(text)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """One of some words."""
        text = self.text(name)
        if text not in allowed:
            self._complain(name, f"只能是 {', '.join(allowed)}", f"is one of {', '.join(allowed)}", text)
            return allowed[0]
        return text

    def database(self, workspace: Path) -> dict[str, Any]:
        """Django's description of the database: SQLite in the workspace, or PostgreSQL."""
        url = self.text("KAIWU_DATABASE_URL")
        if not url:
            return sqlite(workspace / "platform.db")
        parts = urlsplit(url)
        if parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
            return {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": unquote(parts.path.strip("/")),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": unquote(parts.hostname or ""),
                "PORT": str(parts.port or ""),
                "CONN_MAX_AGE": 60,
                "CONN_HEALTH_CHECKS": True,
            }
        if parts.scheme == "sqlite" and parts.path:
            return sqlite(Path(unquote(parts.path)))
        zh, en = (
            "要写成 postgresql://用户:口令@主机:端口/库名 或 sqlite:///路径",
            "is postgresql://user:password@host:port/name or sqlite:///path",
        )
        self._complain("KAIWU_DATABASE_URL", zh, en, parts.scheme)
        return sqlite(workspace / "platform.db")

    def secret_key(self, workspace: Path) -> str:
        """The session key: told, or made once in the workspace and kept readable for the owner alone."""
        text = self.text("KAIWU_SECRET_KEY")
        if text:
            if len(text) < 50:
                self._complain("KAIWU_SECRET_KEY", "至少 50 个字符", "has at least 50 characters", "…")
            return text
        if not (workspace / CONFIG).is_file():  # no site yet: commands that only look at the models
            return secrets.token_urlsafe(64)
        path = workspace / "secret" / "session.key"
        if not path.is_file():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(secrets.token_urlsafe(64))
        return path.read_text(encoding="ascii").strip()

    def finish(self) -> None:
        """Raise ``KaiwuError`` with all that is wrong, or do nothing."""
        if self.problems:
            raise KaiwuError(self.problems)

    def _complain(self, name: str, zh: str, en: str, text: str) -> None:
        self.problems.append(
            Problem("W-SETTING", f"环境变量 {name} {zh}", f"the variable {name} {en}", where=name, text=text)
        )


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite in write-ahead mode: readers never wait, writers queue up to twenty seconds."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000;",
        },
    }

"""Commands (指令): what a client asks for, as one whole, under its own key.

Owns the shape and the digest by which a repeated key is compared.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from kaiwu.ledger.account import Account
from kaiwu.ledger.plain import account_data, canonical_text, transfer_data
from kaiwu.ledger.transfer import Transfer


@dataclass(frozen=True, slots=True)
class Command:
    """Accounts to open, transfers and accounts to close: all succeed or none (关联分录同成同败).

    ``key`` is the client's idempotency key (幂等键); for a row of a file, the digest of its content and programme.
    Opening an account that exists with the same content is no error and adds nothing.
    """

    key: str
    transfers: tuple[Transfer, ...] = ()
    accounts: tuple[Account, ...] = ()
    closes: tuple[str, ...] = ()

    def text(self) -> str:
        """The canonical text of the content, without the key."""
        return canonical_text(
            {
                "accounts": [account_data(a) for a in self.accounts],
                "closes": list(self.closes),
                "transfers": [transfer_data(t) for t in self.transfers],
            }
        )

    def digest(self) -> str:
        """SHA-256 of the content."""
        return digest_text(self.text())


def digest_text(text: str) -> str:
    """SHA-256 of canonical text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_encodable(text: str) -> bool:
    """Whether a text is valid Unicode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def join_commands(key: str, *commands: Command) -> Command:
    """One command of several: all their legs succeed together (for example the shares of city and district)."""
    joined = Command(key)
    for command in commands:
        joined = replace(
            joined,
            transfers=joined.transfers + command.transfers,
            accounts=joined.accounts + command.accounts,
            closes=joined.closes + command.closes,
        )
    return joined

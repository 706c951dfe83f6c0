"""One-time codes of sheets (一次性验证码): confirm or dispute on paper, by message or API, without an account.

Owns how a code is made. It is derived from the site's key, so that a sheet can be printed again; it opens one sheet only, as it
was sent last, and no longer than the sheet waits for its firm or a dispute of it is open: a sheet has many figures, and who has
no account sees by the code what becomes of a dispute and may take it back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings

from kaiwu.web.evaluation.models import Sheet, SheetState

LENGTH = 16
"""Characters of a code: 80 bits, written in four groups of four."""


def make_code(sheet: Sheet) -> str:
    """The code of a sheet: ``ABCD-EFGH-IJKL-MNOP``."""
    message = f"sheet:{sheet.pk}:{sheet.evaluation.case.number}:{sheet.firm.entity}:{sheet.asked}".encode()
    key = hashlib.sha256(b"kaiwu sheet code\0" + settings.SECRET_KEY.encode()).digest()
    text = base64.b32encode(hmac.new(key, message, hashlib.sha256).digest()).decode()[:LENGTH]
    return "-".join(text[i : i + 4] for i in range(0, LENGTH, 4))


def open_sheet(key: int, code: str) -> Sheet | None:
    """The sheet of a key where the code is its own and the sheet still waits for an answer; otherwise nothing is told."""
    sheet = Sheet.objects.select_related("evaluation__case", "firm").filter(pk=key).first()
    if sheet is None:
        return None
    fits = hmac.compare_digest(make_code(sheet).encode(), code.strip().upper().encode())
    return (
        sheet
        if fits and sheet.state in (SheetState.SENT, SheetState.DISPUTED) and not sheet.evaluation.case.is_closed
        else None
    )

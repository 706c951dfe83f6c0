"""The offline page that checks proof files in a browser: one HTML file with everything in it.

Owns putting the page together from ``browser/``; what is vendored there is named in ``browser/vendor/manifest.toml``.
"""

from __future__ import annotations

from pathlib import Path

BROWSER = Path(__file__).parent / "browser"
SCRIPTS = ("vendor/noble_hashes.js", "vendor/noble_ed25519.js", "vendor/sm_crypto_sm3.js", "verify.js", "screen.js")


def render_page() -> str:
    """The page (离线核验页) as one HTML text without any address outside itself."""
    scripts = [(BROWSER / name).read_text(encoding="utf-8") for name in SCRIPTS]
    text = "\n".join(f"<script>\n{script}</script>" for script in scripts)
    return (BROWSER / "page.html").read_text(encoding="utf-8").replace("<!-- scripts -->", text)

"""The rule for identifiers, such as product numbers, which all services share."""

import re
import unicodedata

# Characters that cannot be seen, as in RoostSchema's `Format.identifier`.
HIDDEN = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff]"
)
LONGEST = 255


def is_identifier(text: str) -> bool:
    """Returns whether a text is 1 to 255 visible characters in Normalization Form C, without space at its ends."""
    is_path = text in (".", "..")
    return (
        1 <= len(text) <= LONGEST
        and text == text.strip()
        and not is_path
        and not HIDDEN.search(text)
        and _is_normal(text)
    )


def _is_normal(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)

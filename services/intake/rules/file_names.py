"""Under which name an uploaded file is kept, and how it is told to whoever downloads it."""

import unicodedata
from urllib.parse import quote

FILE_NAME_MAX = 255
NAMELESS = "document"
ASCII_SPOILS = str.maketrans(dict.fromkeys('"\\%;', "_"))


def kept_file_name(sent: str | None) -> str:
    """The name under which an upload is kept: without the path that some browsers send, composed, at most 255 letters.

    What a screen does not show, or shows in another order than it stands (control and direction marks), is left out;
    a name of dots alone is none. `document` where nothing remains. Example: `..\\etc\\표.pdf` → `표.pdf`.
    """
    last = (sent or "").replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in last if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    named = unicodedata.normalize("NFC", shown).strip()
    return named[-FILE_NAME_MAX:] if named.strip(". ") else NAMELESS


def disposition(file_name: str) -> str:
    """How a download tells its name (RFC 6266): for old programs in ASCII, for all others as it is (RFC 5987).

    Example: `표.pdf` → `attachment; filename="_.pdf"; filename*=UTF-8''%ED%91%9C.pdf`.
    """
    plain = "".join(letter if " " <= letter <= "~" else "_" for letter in file_name).translate(ASCII_SPOILS)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"

"""References and hand-over codes that survive a phone call: no vowels, no look-alikes, a check character.

The alphabet has 23 characters, a prime, so the weighted sum catches every single wrong character and every swap of
two neighbours. What is read back may be in lower
case, with spaces and hyphens.
"""

import secrets

ALPHABET = "234679CDFGHJKMNPQRTVWXY"
_IGNORED = str.maketrans("", "", " -._\t\n\r\u00a0\u2010\u2011\u2013")
_PRIME = len(ALPHABET)


def check_character(body: str) -> str:
    """The last character of a code whose others are `body`: each place is weighted by its number, from 2."""
    total = sum(ALPHABET.index(letter) * (place + 2) for place, letter in enumerate(body))
    return ALPHABET[total % _PRIME]


def new_code(length: int) -> str:
    """A random code of `length` characters, the last a check; length is at most 20."""
    return code_of(secrets.token_bytes(16), length)


def code_of(random: bytes, length: int) -> str:
    """The code that sixteen random bytes stand for."""
    number, body = int.from_bytes(random), ""
    for _ in range(length - 1):
        number, place = divmod(number, _PRIME)
        body += ALPHABET[place]
    return body + check_character(body)


def grouped(code: str, size: int = 4) -> str:
    """ "CDFG-HJKM": as it is shown and read out."""
    if len(code) == 2 * size:  # a reference: as it nearly always is
        return f"{code[:size]}-{code[size:]}"
    return "-".join(code[at : at + size] for at in range(0, len(code), size))


def read_back(text: str, length: int) -> str | None:
    """The code that a person typed or spelt, or None where it cannot be one."""
    code = text.translate(_IGNORED).upper()
    if len(code) != length or any(letter not in ALPHABET for letter in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None


REFERENCE_LENGTH = 8  # 23**7: 3.4 thousand million
HANDOVER_LENGTH = 9  # 23**8: 78 thousand million


def new_reference() -> str:
    return new_code(REFERENCE_LENGTH)


def read_reference(text: str) -> str | None:
    return read_back(text, REFERENCE_LENGTH)

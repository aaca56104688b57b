"""The words that people read for a code of a facet. Pure."""

from directory.search.weights import accessible
from directory.words import KIND_LABELS, OUTCOME_LABELS

LANGUAGES = {
    "ar": "Arabic", "bfi": "British Sign Language", "bg": "Bulgarian", "bn": "Bengali", "cs": "Czech",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian", "fr": "French",
    "gu": "Gujarati", "hi": "Hindi", "hu": "Hungarian", "it": "Italian", "ku": "Kurdish", "lt": "Lithuanian",
    "lv": "Latvian", "ml": "Malayalam", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "so": "Somali", "sw": "Swahili", "ta": "Tamil",
    "tet": "Tetum", "ti": "Tigrinya", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
    "yo": "Yoruba", "zh": "Chinese",
}  # fmt: skip
_ACCESSIBLE = {each.code: each.label for each in accessible()}
_ONE = {"free": "Free", "remote": "By phone, online or text", "open_now": "Open now"}


def labelled(facet: str, code: str, labels: dict[str, str]) -> str:
    """`labels` are what the services themselves call their needs and areas: "need:young_carer" -> "Young carers"."""
    known = {
        "outcome": OUTCOME_LABELS,
        "kind": KIND_LABELS,
        "language": LANGUAGES,
        "accessible": _ACCESSIBLE,
    }.get(facet, {})
    if facet in _ONE:
        return _ONE[facet]
    if facet == "day":
        return code.capitalize()
    return known.get(code) or labels.get(f"{facet}:{code}") or code

"""What a notice or a need is about (需求抽取): object, quantity, place, deadline, qualification; the rest never scores.

Owns the rules that packs declare for it and their application. A language model may be asked through ``model_adapter``;
it is off unless somebody passes it in.
"""

from kaiwu.match.extraction.extract import Extract, Ignored, clean_offer, extract_need, extracting_reader
from kaiwu.match.extraction.rule import ExtractionRules, load_extraction

__all__ = [
    "Extract",
    "ExtractionRules",
    "Ignored",
    "clean_offer",
    "extract_need",
    "extracting_reader",
    "load_extraction",
]

"""Phone numbers as people type them."""

from __future__ import annotations

import phonenumbers


def read_mobile(text: str) -> str | None:
    """The number a person typed, as E.164, if it could be a real one; British unless it says otherwise."""
    for match in phonenumbers.PhoneNumberMatcher(text, "GB", leniency=phonenumbers.Leniency.POSSIBLE):
        if _is_whole(match.number):
            return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def as_e164(number: str) -> str | None:
    """A single number, as a provider gives it, in E.164; None if it is none (a short code, a sender name)."""
    try:
        parsed = phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException:
        return None
    if not _is_whole(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _is_whole(number: phonenumbers.PhoneNumber) -> bool:
    """A number that can be called from anywhere; not a short code, nor one without its area code."""
    return phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE


def spoken(number: str) -> str:
    """As it is written for people: 07700 900866, 020 7946 0123."""
    parsed = phonenumbers.parse(number, "GB")
    form = phonenumbers.PhoneNumberFormat
    is_british = parsed.country_code == 44
    return phonenumbers.format_number(parsed, form.NATIONAL if is_british else form.INTERNATIONAL)

"""What staff read for the codes of access: levels, checks of identity, flags, reports, and why somebody may act."""

from __future__ import annotations

from dataclasses import dataclass

from bot.identity import policy

LEVELS = {
    "none": "Nothing",
    "appointments": "Appointments",
    "prescriptions": "Appointments and repeat medicines",
    "summary": "Also the summary record: medicines and allergies",
    "coded": "Also the coded record: results, problems, vaccinations",
    "full": "Also the full record: consultations, letters, free text",
}
# The same, where it stands by itself.
GIVEN = {
    **LEVELS,
    "summary": "Appointments, repeat medicines and the summary record",
    "coded": "Appointments, repeat medicines and the coded record",
    "full": "Appointments, repeat medicines and the full record",
}
METHODS = {
    "documents": "Two documents",
    "vouching": "Vouching: somebody here knows them",
    "vouching_with_information": "Vouching, with questions about what is in their record",
    "nhs_login": "NHS login",
}
PHOTO = {
    "passport": "Passport",
    "driving_licence": "Photo driving licence",
    "residence_permit": "Residence permit",
    "national_id": "National identity card",
    "travel_document": "Travel document",
}
ADDRESS = {
    "council_tax": "Council tax bill",
    "utility_bill": "Gas, electricity or water bill",
    "bank_statement": "Bank statement",
    "tenancy": "Tenancy agreement",
    "benefit_letter": "Letter about a benefit or pension",
    "electoral_register": "Electoral register",
}
BASES = {
    "consent": "The patient agrees",
    "parental_responsibility": "Parental responsibility",
    "power_of_attorney": "Lasting power of attorney (health and welfare)",
    "deputy": "Deputy appointed by a court",
    "best_interests": "Best interests, decided by a GP: needs a last day",
}


@dataclass(frozen=True)
class FlagWords:
    """What a flag says, and what it does."""

    name: str
    means: str


FLAGS = {
    policy.NO_TEXTS: FlagWords("No texts", "Nothing is texted to them that they did not ask for."),
    policy.NO_RECORD_BY_CHAT: FlagWords(
        "No record online", "Nothing from the record is shown to anybody online. Appointments still work."
    ),
    policy.UNDER_PRESSURE: FlagWords(
        "May be under pressure",
        "Somebody may make them show their record. It is closed, and no screen says why.",
    ),
    policy.UNDER_REVIEW: FlagWords(
        "Review before access (SNOMED CT 1364731000000104, “104”)",
        "The record stays closed until somebody has reviewed it and recorded 1364751000000106 (“106”).",
    ),
    policy.DECLINED: FlagWords(
        "Declined access (SNOMED CT 1290331000000103, “103”)", "The patient does not want their record online."
    ),
}

# Reports that come to the desk, and what to do about each.
REPORTS = {
    "not_me": "Somebody else may have logged in as them. Their passcode is locked. Call them on a number you know, "
    "check who they are, then unlock it or give a new key. Think about pressure from somebody at home.",
    "record_not_mine": "They saw something about another person. Treat it as a data breach: tell the data protection "
    "lead today, and correct both records.",
    "record_wrong": "They say that an entry is wrong. A clinician looks at it; tell them what was decided.",
    "access_off": "They turned their online access off. Nothing needs doing unless they want it back.",
    "step_up_locked": "Too many wrong tries. Check who they are, then unlock it or give a new key.",
    policy.UNDER_PRESSURE: "Somebody may make them show their record. It is closed. Speak to them alone, and tell the "
    "safeguarding lead.",
}

# What was changed, by the action in the audit trail.
CHANGES = {
    "access.set": "Switched on",
    "access.agreed": "Record agreed by",
    "access.off": "Turned off by the patient",
    "flag.set": "Flag",
    "registration_key": "Registration key",
    "credential.set": "Passcode set",
    "credential.lock": "Locked",
    "credential.unlock": "Unlocked",
    "credential.authenticator": "App for codes",
    "proxy.given": "Somebody trusted",
    "proxy.reviewed": "Trust reviewed",
    "proxy.ended": "Trust ended",
}


def say_code(code: str | None) -> str:
    """A level, a check, a flag or a document in words; an id as it is."""
    if not code:
        return ""
    for listed in (GIVEN, METHODS, BASES, PHOTO, ADDRESS):
        if code in listed:
            return listed[code]
    if "+" in code:
        return " and ".join(map(say_code, code.split("+"))).lower()
    return FLAGS[code].name if code in FLAGS else code.replace("_", " ")

"""The words of dates and times as people text them, and the word patterns that rules share."""

from __future__ import annotations

from typing import Any


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


WEEKDAYS = {
    0: "monday mon mond mondy munday monady mondday",
    1: "tuesday tue tues tuesd tusday tuesdy",
    2: "wednesday wed weds wednes wensday wedsday wendsday",
    3: "thursday thu thur thurs thr thurday thirsday",
    4: "friday fri fryday firday friady fridy",
    5: "saturday satur satday satrday",
    6: "sunday sundy sunady",
}
MONTHS = {
    1: "january jan",
    2: "february feb febuary",
    4: "april apr",
    6: "june jun",
    7: "july jul",
    8: "august aug",
    9: "september sep sept",
    10: "october oct",
    11: "november nov",
    12: "december dec",
}
MONTH_WORDS = {"march": 3, "mar": 3, "may": 5}  # also everyday words: read as months only in company
WEEKDAY_WORDS = {"sat": 5, "sun": 6}  # likewise
SPELLINGS = {
    "today": "2day tday todays",
    "tomorrow": "2moro 2moz 2mrw 2mro 2mo 2morrow 2moroz tomoz tomo tomos tmrw tmw tmr tmro tomoro tomorro tomorow "
    "tommorow tommorrow tomorrows morrow",
    "today evening": "tonight tonite 2nite 2night tonit tonights",
    "yesterday": "yday yest yesterdays",
    "morning": "morn morns mornin mornings mrng mrning",
    "afternoon": "arvo aftn aftie afternoons aftrnoon",
    "evening": "evenings evng evng eveing eves",
    "night": "nite nights nighttime",
    "lunch": "lunchtime lunchtimes",
    "noon": "midday",
    "before": "b4 bfore",
    "after": "aftr",
    "later": "l8r l8er",
    "late": "l8",
    "next": "nxt nex following",
    "week": "wk wks weeks",
    "end of month": "eom",
    "weekend": "week-end week-ends wkend wknd w/e",
    "weekday": "weekdays wkday wkdays",
    "fortnight": "fortnights 4tnight",
    "day": "days d",
    "month": "months mth mths mnth",
    "year": "years yr yrs",
    "hour": "hours hr hrs h",
    "minute": "minutes min mins mints",
    "commencing": "w/c w/b wc wb",
    "at": "@",
    "and": "& n",
    "-": "– —",
    "until": "till til untill",
    "through": "thru",
    "between": "btwn btween inbetween",
    "around": "approx approximately roughly circa about abt rnd arnd",
    "couple": "cpl",
    "few": "several",
    "oclock": "o'clock",
    "asap": "a.s.a.p a.s.a.p.",
    "anytime": "netime anytimes",
    "mid": "middle",
    "mid week": "midweek",
    "tea time": "teatime",
    "beginning": "start",
    "not": "cant cannot dont wont isnt arent couldnt",
    "except": "excluding bar excl",
    "previous": "prior",
}
UNITS_AFTER_DIGITS = words("am pm ish") | {
    word for unit in words("week day month hour minute") for word in (unit, *SPELLINGS[unit].split())
}
ONES = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen"""
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "ninty": 90,
}  # fmt: skip
ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"""

CANONICAL = {word: name for name, spellings in SPELLINGS.items() for word in spellings.split()}
CANONICAL |= {"week end": "weekend", "week ends": "weekend", "apart from": "except"}
VALUES: dict[str, tuple[str, Any]] = {
    **{word: ("K", (number,)) for number, names in WEEKDAYS.items() for word in names.split()},
    **{word + "s": ("V", (number,)) for number, names in WEEKDAYS.items() for word in names.split() if len(word) > 5},
    **dict.fromkeys(("weekends", "wkends", "wknds"), ("V", (5, 6))),
    **{word: ("M", number) for number, names in MONTHS.items() for word in names.split()},
}
NUMBERS = {word: n for n, word in enumerate(ONES.split(), 1)} | TENS
ORDINAL_WORDS = {word: n for n, word in enumerate(ORDINALS.split(), 1)} | {"thirtieth": 30}

OFTEN_MISSPELT = """tuesday wednesday thursday saturday tomorrow yesterday morning afternoon evening weekend january
    february september october november december fortnight""".split()  # noqa: SIM905
LOOK_ALIKES = words("mourning moaning warning mornington opening leaving thirsty borrow octopus")

NAMED_DAYS = {
    "christmas eve": r"(?:christmas|xmas|chrimbo) eve",
    "boxing day": r"boxing day",
    "christmas": r"(?:christmas|xmas|chrimbo)(?: day)?",
    "chinese new year": r"(?:chinese|lunar) new year",
    "new years eve": r"(?:new year'?s'? eve|nye)",
    "new year": r"new year'?s? day|(?:the )?new year(?!'?s eve)|nyd",
    "valentines day": r"(?:st |saint )?valentine'?s(?: day)?",
    "st patricks day": r"(?:st|saint) patrick(?:'?s)?(?: day)?",
    "st georges day": r"(?:st|saint) george'?s day",
    "halloween": r"hallowe'?en",
    "bonfire night": r"bonfire night|guy fawkes(?: night| day)?",
    "shrove tuesday": r"shrove tuesday|pancake day",
    "ash wednesday": r"ash wednesday",
    "mothers day": r"mother'?s'? day|mothering sunday",
    "fathers day": r"father'?s'? day",
    "palm sunday": r"palm sunday",
    "maundy thursday": r"maundy thursday",
    "good friday": r"good friday",
    "easter monday": r"easter monday",
    "eid al-fitr": r"eid[ -](?:al|ul)[ -]?fitr",
    "eid al-adha": r"eid[ -](?:al|ul)[ -]?adha",
    "eid": r"eid(?! mubarak)",
    "diwali": r"diwali|deepavali",
    "remembrance sunday": r"remembrance sunday",
    "easter": r"easter(?: sunday| weekend| day)?",
    "early may": r"(?:early )?may day(?: bank holiday)?|(?:early )?may bank hol(?:iday)?",
    "late may": r"(?:late may|spring|whit|whitsun) bank holiday|whit monday",
    "august bank holiday": r"(?:late )?(?:august|summer) bank holiday",
    "bank holiday monday": r"bank hol(?:iday)?s? monday",
    "bank holiday": r"bank hol(?:iday)?s?",
}

# What may follow a number that is a time or a day; anything else is what the number counts ("at 2 clinics").
MAY_FOLLOW = words(
    """please pls plz plse ok okay or and but if is would works work for on in at to until from with thanks thank thx
    ta then when cos cuz because as i id im ill we he she me so the this that though unless not no only good great fine
    are any have there best suits do does will can could should - / am pm oclock ish today tomorrow night morning
    afternoon evening around after before through between by be next onwards earliest latest every mid late early
    sharp instead"""
)

PATTERNS = {
    "hour": r"(?:2[0-3]|1\d|[1-9])w?",
    "day": r"(?:3[01]|[12]\d|[1-9])[osw]?",
    "ordinal": r"(?:3[01]|[12]\d|[1-9])[os]",
    "year": r"(?:19|20)\d\d",
    "amount": r"(?:\d{1,3}w?|\d\.\d+|a|an|couple(?: of)?|a couple(?: of)?|a few|few|half an?)",
    "unit": r"(?:minute|hour|day|week|fortnight|month)",
    "to": r"(?:(?:up )?(?:to|until)(?: and including)?|-|through)",
    "shade": r"(?:beginning|early|mid|late|later|latter|end|rest)",
    "part": r"(?:morning|afternoon|evening|night|lunch)",
    "near": r"(?:at|around|before|after|by|from|until|between|since|than|today|tomorrow|evening|night|K"
    r"|T (?:to|until|-))",
    "pointer": r"(?:at|around|before|after|by|from|until|between|since|than)",
    "onwards": r"(?:onwards?|or later|or after|and later|and after|at the earliest|earliest)",
    "at_latest": r"(?:at the latest|latest|or earlier|or before|or sooner)",
    "coming": r"(?:up)?coming",
    "anytime": r"(?:(?:any ?time|any day|but|so|ideally) ){0,4}",
    "not": r"(?:but )?not"
    r"(?: (?:able to|available|free|come|do|make|get|in|there|here|around|back|home|anything|anytime|until)){0,6}?",
}

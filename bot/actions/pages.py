"""What is read on the secure page or, in the chat, on a card: results, the record, who has looked at it, repeats.

Nothing of it is ever said here. What an answer carries is the name of a card, or a link.
"""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from bot.actions.forms import Changes, JourneyForm, OfAnyPatient
from bot.actions.journey import FORMS, end, is_instead
from bot.actions.order_status import find_reference, say_status
from bot.actions.proof import offer_page
from bot.actions.talk import Talk, TalkAction
from bot.identity.policy import Decision, Service
from bot.identity.visits import CARDS


class PageForm(JourneyForm):
    """Only who is asking; proof is given on the page."""

    steps = ("identified",)

    def answer(self, talk: Talk) -> None:
        """In the middle of another journey: without a question."""
        decision = self.decide(talk)
        if decision is Decision.REFUSED:
            talk.say("utter_refused_service")
        elif decision is Decision.PROVE:
            offer_page(talk, self.purpose, self.proof)
        else:
            self.show(talk)

    def show(self, talk: Talk) -> None:
        """To somebody who has proved who they are: on a card in the chat, if there is one, or on the page."""
        if talk.by_text or self.purpose not in CARDS:
            offer_page(talk, self.purpose, self.proof)
            return
        turn = talk.turn
        if turn.caller.acts_for_another:
            talk.say("utter_shown_for", name=turn.patient.name)
        talk.say("utter_shown")
        talk.attach(turn.services.responses.say(f"utter_card_{self.purpose}"), card=self.purpose)


class ResultsForm(PageForm):
    form = "results_form"
    intent = "view_test_results"
    service = Service.SEE_RESULTS
    purpose, proof = "results", "utter_page_results"


class RecordForm(PageForm):
    form = "record_form"
    intent = "view_record"
    service = Service.SEE_RECORD
    purpose, proof = "record", "utter_page_record"


class ActivityForm(PageForm):
    form = "activity_form"
    intent = "who_has_looked"
    service = Service.SEE_ACTIVITY
    purpose, proof = "activity", "utter_page_activity"


class MessagesForm(PageForm):
    form = "messages_form"
    intent = "read_messages"
    service = Service.READ_MESSAGES
    purpose, proof = "messages", "utter_page_messages"


class DetailsForm(PageForm):
    """Asked for on the page, and decided by staff."""

    form = "details_form"
    intent = "change_details"
    service = Service.CHANGE_DETAILS
    purpose, proof = "details", "utter_page_details"


class ProofForm(OfAnyPatient, PageForm):
    """Logging in for its own sake, or for the first time: the page takes a passcode, a key, or NHS login."""

    form = "proof_form"
    intent = "prove_identity"
    proof = "utter_page_settings"


class StatusForm(PageForm):
    """Repeats and orders. How far an order has come is told at once to whoever names its reference."""

    form = "status_form"
    intent = "prescription_status"
    service = Service.SEE_MEDICINES
    purpose, proof = "repeats", "utter_page_repeats"

    def start(self, talk: Talk) -> Changes:
        return {**super().start(talk), "reference": find_reference(talk.text)}

    def decide(self, talk: Talk) -> Decision:
        return talk.turn.may(Service.ORDER_NAMED_REPEAT if self._reference(talk) else self.service)

    def allows(self, talk: Talk) -> bool:
        return talk.turn.allows(Service.ORDER_NAMED_REPEAT if self._reference(talk) else self.service)

    def show(self, talk: Talk) -> None:
        reference = self._reference(talk)
        if not (reference and say_status(talk, reference)):
            show_repeats(talk)

    def _reference(self, talk: Talk) -> str | None:
        held = talk.slot("reference") if talk.slot("journey") == self.form else None
        return find_reference(talk.text) or held


class PharmacyForm(PageForm):
    """Which pharmacy prescriptions go to, and another."""

    form = "pharmacy_form"
    intent = "nominate_pharmacy"
    service = Service.SEE_MEDICINES
    purpose, proof = "pharmacy", "utter_page_pharmacy"


def show_repeats(talk: Talk, proof: str = "utter_page_repeats") -> bool:
    """The repeats, with what may be ordered and why not: on the page, or on a card. `proof`: what is said with a link.

    Gives False, and says nothing, where they may not be seen at all."""
    decision = talk.turn.may(Service.SEE_MEDICINES)
    if decision is Decision.ALLOWED and not talk.by_text:
        PageForm.show(_PAGES["status_form"], talk)
    elif decision is not Decision.REFUSED:
        offer_page(talk, "repeats", proof)
    return decision is not Decision.REFUSED


_PAGES: dict[str, PageForm] = {
    each.form: each
    for each in (
        *(ResultsForm(), RecordForm(), ActivityForm(), ProofForm()),
        *(StatusForm(), PharmacyForm(), MessagesForm(), DetailsForm()),
    )
}


class ShowPage(TalkAction):
    """Begins the journey to a page, and ends it. In the middle of another journey the page is offered at once."""

    def name(self) -> str:
        return "action_show_page"

    def act(self, talk: Talk) -> list[EventType]:
        done = _PAGES.get(talk.slot("journey")) if talk.form is None else None
        if done is not None:
            if talk.slot("identified"):
                done.show(talk)
            return end(talk)
        page = _PAGES[FORMS[talk.intent]]
        is_known = talk.slot("identified") and talk.turn.caller.patient is not None
        if talk.form is None or not is_known or is_instead(talk.text):
            return [FollowupAction(page.form)]
        page.answer(talk)
        return [SlotSet("misses", None)]

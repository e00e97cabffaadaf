"""What is read on the secure page or, in the chat, on a card: results, the record, and who has looked at it.

Nothing of it is ever said here. What an answer carries is the name of a card, or a link.
"""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from bot.actions.forms import JourneyForm, OfAnyPatient
from bot.actions.journey import FORMS, end, is_instead
from bot.actions.proof import offer_page
from bot.actions.talk import Talk, TalkAction
from bot.identity.policy import Decision, Service


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
        """To somebody who has proved who they are."""
        if talk.by_text:
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


class ProofForm(OfAnyPatient, PageForm):
    """Logging in for its own sake, or for the first time: the page takes a passcode, a key, or NHS login."""

    form = "proof_form"
    intent = "prove_identity"
    proof = "utter_page_settings"

    def show(self, talk: Talk) -> None:
        offer_page(talk, self.purpose, self.proof)


_PAGES = {each.form: each for each in (ResultsForm(), RecordForm(), ActivityForm(), ProofForm())}


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

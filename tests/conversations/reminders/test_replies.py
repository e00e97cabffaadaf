"""What people answer to a reminder, in their own words, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.backend import tables
from bot.identity.policy import Access
from bot.store import notifications
from bot.store.conversations import STAFF_OWNS, set_owner
from bot.store.notification_tables import notification
from bot.store.notifications import Notification
from tests.conversations.conftest import confirm, offered
from tests.conversations.reminders.conftest import TUESDAY
from tests.faults.support import rows
from tests.support import LONDON, MENSAH, PRIYA, TOM, Surgery, Writer

SHARER = "Daniel"


def reminder_of(surgery: Surgery, number: str = TOM) -> Notification:
    """The newest that was sent to this number."""
    with surgery.program.database.read() as connection:
        return notifications.sent_to(connection, number, surgery.clock() - timedelta(days=30), ["reminder"])[0]


def reasons(surgery: Surgery) -> list[str]:
    return [each.reason for each in surgery.escalations()]


@pytest.mark.parametrize("said", ["YES", "yep ill be there", "👍", "ok thank you", "see you tomorrow"])
def test_somebody_who_comes_is_thanked_with_the_time(tom: Writer, surgery: Surgery, said: str) -> None:
    assert "Thank you. Your appointment is on Wednesday 25 November" in tom.says(said)
    assert reminder_of(surgery).answer == "coming"
    assert ("attendance", "coming") in surgery.audit()


@pytest.mark.parametrize("said", ["cant make it", "CANCEL", "no", "yes i need to cancel", "I'm too ill to come"])
def test_somebody_who_cannot_come_cancels_with_the_number_of_the_read_back(
    tom: Writer, surgery: Surgery, said: str
) -> None:
    assert "Do you want to cancel Wednesday 25 November" in tom.says(said)
    assert reminder_of(surgery).answer == "not_coming", "staff know, even if it goes no further"
    assert len(surgery.appointments("Tom")) == 1
    assert "is cancelled" in confirm(tom)
    assert surgery.appointments("Tom") == []
    assert reminder_of(surgery).answer == "cancelled"


def test_somebody_who_wants_another_day_is_offered_times_on_that_day(tom: Writer, surgery: Surgery) -> None:
    times = offered(tom.says("cant make it can u move it to fri"))
    assert times and all("Friday 27 November" in each for each in times)
    tom.says("1")
    assert "Moved" in confirm(tom)
    assert [f"{each.slot.start.astimezone(LONDON):%A}" for each in surgery.appointments("Tom")] == ["Friday"]
    assert reminder_of(surgery).answer == "moved"


def test_move_it_alone_asks_when(tom: Writer, surgery: Surgery) -> None:
    assert "When would you like to come?" in tom.says("move it")
    assert reminder_of(surgery).answer == "move"
    assert all("Thursday 26 November" in each for each in offered(tom.says("thursday")))


def test_somebody_who_is_not_sure_is_told_how_to_say_so_later(tom: Writer, surgery: Surgery) -> None:
    assert "please tell us early" in tom.says("not sure i can come")
    assert reminder_of(surgery).answer == "unsure"
    assert "Do you want to cancel" in tom.says("ok i cant come")


def test_who_runs_late_is_asked_to_call(tom: Writer, surgery: Surgery) -> None:
    assert "Please call 020 7946 0123" in tom.says("running late")
    assert reminder_of(surgery).answer == "late"


def test_a_question_about_the_reminder_is_answered(tom: Writer) -> None:
    assert "This is Riverside Surgery" in tom.says("who is this")
    assert "does not say what an appointment is for" in tom.says("whats it for")


def test_a_question_beside_the_answer_is_answered_and_the_answer_kept(tom: Writer, surgery: Surgery) -> None:
    assert "car park" in tom.says("yes ill be there, where can i park?")
    assert reminder_of(surgery).answer == "coming"


def test_the_last_word_counts(tom: Writer, surgery: Surgery) -> None:
    tom.says("yes")
    assert "Do you want to cancel" in tom.says("sorry cant make it after all")
    assert reminder_of(surgery).answer == "not_coming"


def test_a_reply_that_comes_the_next_day_in_a_new_conversation_is_still_about_it(tom: Writer, surgery: Surgery) -> None:
    surgery.clock.now = TUESDAY + timedelta(hours=21)
    before = surgery.texting(TOM)
    assert "Thank you. Your appointment is on Wednesday 25 November" in before.says("Yes")
    assert reminder_of(surgery).answer == "coming"


def test_yes_to_a_question_of_the_assistant_is_no_answer_to_the_reminder(tom: Writer, surgery: Surgery) -> None:
    tom.says("what are your opening hours")
    tom.says("yes")
    assert reminder_of(surgery).answer is None


def test_yes_belongs_to_the_form_that_is_under_way(surgery: Surgery) -> None:
    surgery.clock.now = TUESDAY - timedelta(minutes=5)
    tom = surgery.texting(TOM)
    tom.says("book with any doctor next week in the morning")
    surgery.clock.forward(minutes=6)
    surgery.run()
    assert "Reply OK" in dict(surgery.network.texts)[TOM]
    tom.says("1")
    tom.says("no")
    assert "1" in tom.answer
    tom.says("yes")
    assert reminder_of(surgery).answer is None
    assert len(surgery.appointments("Tom")) == 2


def test_another_message_is_read_as_ever(tom: Writer, surgery: Surgery) -> None:
    assert "8am to 6:30pm" in tom.says("what time do you open")
    assert reminder_of(surgery).answer is None


def test_an_alarm_comes_first(tom: Writer, surgery: Surgery) -> None:
    assert "999" in tom.says("yes but i have crushing chest pain")
    assert reminder_of(surgery).answer is None


def test_a_reply_about_a_past_appointment_says_so(tom: Writer, surgery: Surgery) -> None:
    surgery.clock.now = TUESDAY + timedelta(days=2)
    assert "was on Wednesday 25 November" in tom.says("cant make it")
    assert reminder_of(surgery).answer is None


@pytest.mark.parametrize("said", ["YES", "cant come", "move it please"])
def test_a_reply_about_a_cancelled_appointment_says_that_it_is_not_booked(
    tom: Writer, surgery: Surgery, said: str
) -> None:
    held = surgery.appointments("Tom")[0]
    surgery.program.backend.cancel(held.patient_id, held.id, "elsewhere")
    assert "is no longer booked" in tom.says(said)
    assert "attendance" not in [action for action, _ in surgery.audit()]


def test_a_wrong_number_is_passed_to_staff(tom: Writer, surgery: Surgery) -> None:
    assert "put it right" in tom.says("wrong number mate")
    assert reasons(surgery) == ["wrong_number"]


def test_that_somebody_has_died_is_passed_to_staff_with_sympathy(tom: Writer, surgery: Surgery) -> None:
    assert "We are very sorry" in tom.says("tom passed away last week")
    assert reasons(surgery) == ["died"]


def test_cancel_that_the_network_took_for_a_stop_is_not_lost(tom: Writer, surgery: Surgery) -> None:
    assert tom.says("CANCEL", opt_out="STOP") == ""
    assert reasons(surgery) == ["may_not_come"]
    assert ("texts.opt_out", "done") in surgery.audit()
    assert len(surgery.appointments("Tom")) == 1


def test_stop_is_only_a_stop(tom: Writer, surgery: Surgery) -> None:
    tom.says("STOP", opt_out="STOP")
    assert reasons(surgery) == []


def test_end_without_a_reminder_is_only_a_stop(surgery: Surgery) -> None:
    surgery.texting(TOM).says("END", opt_out="STOP")
    assert reasons(surgery) == []


def test_yes_that_the_network_took_for_a_start_is_an_answer(tom: Writer, surgery: Surgery) -> None:
    assert "Thank you. Your appointment is on" in tom.says("YES", opt_out="START")
    assert reminder_of(surgery).answer == "coming"


def test_a_number_that_leads_elsewhere_by_now_is_told_nothing(tom: Writer, surgery: Surgery) -> None:

    with surgery.program.database.write() as connection:
        connection.execute(
            update(tables.patient).where(tables.patient.c.id == surgery.patient_id("Tom")).values(mobile_index=None)
        )
    assert "Wednesday" not in tom.says("who is this")


def test_it_waits_while_staff_own_the_conversation(tom: Writer, surgery: Surgery) -> None:

    tom.says("hello")
    with surgery.program.database.write() as connection:
        set_owner(connection, tom.conversation_id, STAFF_OWNS)
    assert tom.says("yes") == ""
    assert reminder_of(surgery).answer is None


@pytest.fixture()
def grace(surgery: Surgery) -> Writer:
    """Her appointment on Wednesday; she shares the phone with Daniel, who has none."""
    surgery.clock.now = TUESDAY
    surgery.run()
    assert "Daniel" not in dict(surgery.network.texts)[MENSAH] and "Grace" not in dict(surgery.network.texts)[MENSAH]
    return surgery.texting(MENSAH)


def test_on_a_shared_number_whoever_comes_need_not_say_who(grace: Writer, surgery: Surgery) -> None:
    assert "Thank you. Your appointment is on Wednesday 25 November" in grace.says("yes")
    assert reminder_of(surgery, MENSAH).answer == "coming"


def test_on_a_shared_number_it_is_asked_who_cancels(grace: Writer, surgery: Surgery) -> None:
    answer = grace.says("cant come sorry")
    assert "Who is this for" in answer and "25 November" not in answer
    assert "Do you want to cancel Wednesday 25 November" in grace.says(SHARER)
    assert "is cancelled" in confirm(grace)
    assert surgery.appointments(SHARER) == []


def test_on_a_shared_number_the_wish_is_kept_until_it_is_known_who_has_it(grace: Writer, surgery: Surgery) -> None:
    grace.says("can we move it to friday")
    times = offered(grace.says(SHARER))
    assert times and all("Friday 27 November" in each for each in times)


def test_on_a_shared_number_the_other_is_not_told_of_the_appointment(grace: Writer, surgery: Surgery) -> None:
    grace.says("cant come sorry")
    assert "25 November" not in grace.says("Daniel" if SHARER == "Grace" else "Grace")
    assert len(surgery.appointments(SHARER)) == 1


def test_whoever_may_not_change_it_online_is_passed_on_to_staff(tom: Writer, surgery: Surgery) -> None:
    with surgery.program.database.write() as connection:
        desk = surgery.program.services.desk
        desk.set_access(connection, surgery.patient_id("Tom"), Access("none"), "reception", surgery.clock())
    assert "A person at the surgery will read this" in tom.says("i cant come")
    assert reasons(surgery) == ["may_not_come"]
    assert reminder_of(surgery).answer == "not_coming"


def test_what_waits_about_an_appointment_that_is_cancelled_is_dropped_with_it(surgery: Surgery) -> None:
    tom = surgery.texting(TOM)
    tom.says("cancel my appointment")
    confirm(tom)
    waiting = rows(surgery, notification, notification.c.patient_id == surgery.patient_id("Tom"))
    assert [(each.state, each.dropped_why) for each in waiting] == [("dropped", "cancelled")]


def test_a_moved_appointment_is_reminded_of_at_its_new_time_alone(surgery: Surgery) -> None:
    tom = surgery.texting(TOM)
    tom.says("move my appointment to friday")
    tom.says("1")
    confirm(tom)
    surgery.clock.now = TUESDAY + timedelta(days=2)
    surgery.run()
    told = [body for number, body in surgery.network.texts if number == TOM and "Reply OK" in body]
    assert len(told) == 1 and "Friday 27 November" in told[0]


def test_after_a_move_the_next_wish_is_about_the_new_time(tom: Writer, surgery: Surgery) -> None:
    tom.says("can we move it to friday")
    tom.says("1")
    confirm(tom)
    assert "Do you want to cancel Friday 27 November" in tom.says("sorry cant make it after all")
    assert "is cancelled" in confirm(tom)
    assert "You have no appointments booked" in tom.says("cant come")


def test_after_a_past_appointment_the_next_one_is_meant(surgery: Surgery) -> None:
    surgery.clock.now = TUESDAY
    surgery.run()
    surgery.clock.now = TUESDAY + timedelta(days=2)
    priya = surgery.texting(PRIYA)
    assert "Do you want to cancel Monday 30 November" in priya.says("cant make it")

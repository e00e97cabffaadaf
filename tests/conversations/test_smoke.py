from tests.support import AMIRA, Surgery


def test_a_patient_books_by_text(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    assert "1. Tuesday 24 November" in amira.says("can i see dr patel tues pm")
    amira.says("2")
    assert "Reply 1 to book it" in amira.says("no")
    assert "Booked" in amira.says("1")
    assert len(surgery.appointments("Amira")) == 1


def test_a_patient_books_in_the_chat(surgery: Surgery) -> None:
    chat = surgery.chatting()
    assert "mobile number" in chat.says("book an appointment with a doctor tomorrow morning")
    assert "I can offer" in chat.identifies(AMIRA)
    chat.presses("2.")
    chat.presses("No reason")
    assert "Booked" in chat.presses("Yes")
    assert len(surgery.appointments("Amira")) == 1

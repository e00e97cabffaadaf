"""Ordering for somebody else: from a shared phone, and for those one is trusted to act for."""

from __future__ import annotations

from collections.abc import Callable

from tests.conversations.prescriptions.conftest import Orders, order
from tests.support import MENSAH, NOVAK, OSEI, Surgery

Ordered = Callable[[str], set[str]]


def test_on_a_shared_phone_it_is_asked_who_it_is_for(surgery: Surgery, ordered: Ordered) -> None:
    novak = surgery.texting(NOVAK)
    assert "Who is this for?" in novak.says("order the salbutamol inhaler")
    assert "prescriber should know" in novak.says("Leo Novak")
    assert "Ordered: salbutamol." in order(novak)
    assert (ordered("Leo"), ordered("Eva")) == ({"Salbutamol"}, set())


def test_each_order_is_asked_for_anew(surgery: Surgery) -> None:
    mensah = surgery.texting(MENSAH)
    mensah.says("order my levothyroxine")
    mensah.says("Grace Mensah")
    mensah.says("leave it")
    assert "Who is this for?" in mensah.says("order my levothyroxine")


def test_another_patients_medicine_reads_as_any_that_is_not_on_the_list(surgery: Surgery) -> None:
    mensah = surgery.texting(MENSAH)
    mensah.says("order my levothyroxine")
    assert "I cannot order this here: levothyroxine." in mensah.says("Daniel Mensah")


def test_somebody_trusted_orders_for_the_patient(surgery: Surgery, orders: Orders) -> None:
    abena = surgery.texting(OSEI)
    abena.says("order the adapalene gel")
    assert "prescriber should know" in abena.says("Jade Osei")
    assert "Ordered: adapalene." in order(abena)
    made = orders("Jade")[0]
    assert made.requested_by and made.requested_by != made.patient_id


def test_what_is_sensitive_is_not_there_for_them(surgery: Surgery, orders: Orders, ordered: Ordered) -> None:
    abena = surgery.texting(OSEI)
    abena.says("order the desogestrel")
    assert "I cannot order this here: desogestrel." in abena.says("Jade Osei")
    abena.says("no")
    assert "Ordered" in order(abena, "order everything that is due", "Jade Osei")
    assert ordered("Jade") == {"Adapalene"}

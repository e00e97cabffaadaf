"""What a sign-in service for staff says of somebody, and what we take from it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import system_clock
from bot.identity.oidc_proof import NotProved
from bot.settings import Settings, SettingsError
from bot.staff.service_login import StaffLogin, check_assurance, role_of

HERE = "A81001"
ROLES = {"R8001": "clinician", "S8001:G8002:R8008": "reception"}
NURSE = {"person_roleid": "1", "org_code": HERE, "role_code": "S8000:G8000:R8001"}
rubbish = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NURSE, "x"]), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("held", "role"),
    [
        (NURSE, "clinician"),
        ({**NURSE, "role_code": "R8001"}, "clinician"),
        ({**NURSE, "role_code": "S8001:G8002:R8008"}, "reception"),
        ({**NURSE, "role_code": "S9999:G9999:R8008"}, None),
        ({**NURSE, "role_code": "S8000:G8000:R9999"}, None),
        ({**NURSE, "org_code": "B82002"}, None),
        ({**NURSE, "person_roleid": "2"}, None),
        ({}, None),
    ],
)
def test_a_role_counts_if_it_was_chosen_is_held_here_and_is_known(held: dict[str, str], role: str | None) -> None:
    assert role_of({"nhsid_nrbac_roles": [held]}, "1", HERE, ROLES) == role


@pytest.mark.parametrize("chosen", [None, "", 0])
def test_without_a_choice_there_is_no_role(chosen: Any) -> None:
    nameless = {**NURSE, "person_roleid": chosen}
    assert role_of({"nhsid_nrbac_roles": [nameless]}, chosen, HERE, ROLES) is None


@given(rubbish, rubbish)
def test_whatever_is_said_nobody_gets_a_role_that_is_not_listed(said: Any, chosen: Any) -> None:
    assert role_of({"nhsid_nrbac_roles": said}, chosen, HERE, ROLES) in (None, *ROLES.values())


@pytest.mark.parametrize("level", ["2", "3"])
def test_two_factors_are_enough(level: str) -> None:
    check_assurance({"authentication_assurance_level": level})


@pytest.mark.parametrize("said", [{}, {"authentication_assurance_level": "1"}, {"authentication_assurance_level": 3}])
def test_anything_less_is_not(said: dict[str, Any]) -> None:
    with pytest.raises(NotProved, match="weak"):
        check_assurance(said)


def test_a_role_that_is_none_of_ours_is_named_at_the_start() -> None:
    with pytest.raises(SettingsError, match="^BOT_STAFF_LOGIN_ROLES "):
        StaffLogin(Settings(_env_file=None, staff_login_roles={"R8001": "doctor"}), system_clock)

"""`countersign people`: what it changes, what it refuses, and what it warns about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from countersign.domain.approvals.directory import Directory, Member
from countersign.domain.jobs.change import JobRecord
from countersign.entrypoints.tick import tick
from infra.cli.people.words import Absence, PersonWords, days_in_words, days_of, entry_of, member_of
from infra.local.people import demo
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, BEN, CLEO, START
from tests.unit.cli.terminal import Terminal
from workflows import WORKFLOWS

ZOE = ("people", "add", "zoe", "--name", "Zoë Ünal", "--address", "zoe@example.com")


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Ana and Ben sell, Cleo leads them."""
    return Terminal(capsys)


def directory(terminal: Terminal) -> Directory:
    """The directory as it is now."""
    return terminal.world.people.directory()


def held(terminal: Terminal, person_id: str) -> Member:
    """Somebody who is there."""
    found = directory(terminal).member(person_id)
    assert found is not None
    return found


def test_people_are_listed_without_those_who_left(terminal: Terminal) -> None:
    """`--all` lists them too."""
    assert terminal.types("people", "leave", "ben")[0] == 0
    here = terminal.json("people", "list")["people"]
    everybody = terminal.json("people", "list", "--all")["people"]
    assert [one["id"] for one in here] == ["ana", "cleo", "kim"]
    assert [one["id"] for one in everybody] == ["ana", "ben", "cleo", "kim"]


def test_somebody_is_added_with_limits_and_hours(terminal: Terminal) -> None:
    """Options become a whole member."""
    more = ("--role", "refunds", "--limit", "payments.*=500 EUR", "--limit", "payments.*=8000 JPY")
    when = ("--zone", "Europe/Berlin", "--days", "mon-thu", "--hours", "08:30-16:00")
    code, _, complaint = terminal.types(*ZOE, *more, *when)
    assert (code, complaint) == (0, "")
    zoe = held(terminal, "zoe")
    assert zoe.roles == ("refunds",)
    assert [str(one.most) for one in zoe.limits] == ["500.00 EUR", "8,000 JPY"]
    assert (zoe.hours.zone, zoe.hours.days, zoe.hours.opens) == ("Europe/Berlin", (0, 1, 2, 3), 510)


def test_set_changes_what_is_named_and_nothing_else(terminal: Terminal) -> None:
    """Roles are replaced whole; name, hours and the rest stay."""
    before = held(terminal, "ana")
    assert terminal.types("people", "set", "ana", "--role", "sales", "--role", "refunds")[0] == 0
    assert held(terminal, "ana") == before.model_copy(update={"roles": ("sales", "refunds")})


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        ((*ZOE, "--zone", "Europe/Atlantis"), 2, "IANA"),
        ((*ZOE, "--limit", "payments.*=500"), 2, "needs its currency"),
        ((*ZOE, "--limit", "payments.*=500.001 EUR"), 2, "2 decimals"),
        ((*ZOE, "--limit", "payments.*=1,000 EUR"), 2, "is no limit"),
        ((*ZOE, "--days", "mon-funday"), 2, "are no days"),
        ((*ZOE, "--hours", "17:00-09:00"), 2, "open before they close"),
        ((*ZOE, "--hours", "9-17"), 2, "are no hours"),
        (("people", "add", "Zoe!", *ZOE[3:]), 1, "lower-case"),
        (("people", "add", "zoe", "--name", "Z", "--address", "nowhere"), 1, "mail address"),
        (("people", "add", "zoe", "--name", "Z", "--address", ANA.address.upper()), 1, "is ana's"),
        (("people", "add", "ana", *ZOE[3:]), 1, "change them with set"),
        (("people", "set", "ana"), 2, "say what to change"),
        (("people", "set", "nobody", "--role", "sales"), 1, "nobody has the id"),
        (("people", "show", "nobody"), 1, "known are ana, ben, cleo"),
        (("people", "back", "ana"), 1, "not away"),
        (("people", "away", "ana", "--until", "2026-03-05", "--deputy", "nobody"), 1, "not exist"),
        (("people", "away", "ana", "--until", "2026-03-05", "--deputy", "ana"), 1, "own deputy"),
        (("people", "away", "ana", "--until", "2026-01-05", "--deputy", "ben"), 2, "before it"),
        (("people", "away", "ana", "--until", "soon", "--deputy", "ben"), 2, "is no time"),
        (("people", "away", "ana", "--until", "2026-03-05"), 2, "--deputy"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    terminal: Terminal, words: tuple[str, ...], code: int, complaint: str
) -> None:
    """The complaint says what, the code whether words (2) or facts (1); nothing changes."""
    before = directory(terminal)
    ended, _, said = terminal.types(*words)
    assert (ended, complaint in " ".join(said.replace("│", " ").split())) == (code, True), said
    assert directory(terminal) == before


def test_a_deputy_decides_from_the_first_day_to_the_end_of_the_last(terminal: Terminal) -> None:
    """Bare dates are whole days in the zone of who is away."""
    terminal.types("people", "set", "ana", "--zone", "America/New_York")
    words = ("--from", "2026-03-03", "--until", "2026-03-04", "--deputy", "cleo")
    assert terminal.types("people", "away", "ana", *words)[0] == 0
    (away,) = held(terminal, "ana").away
    assert (away.since.isoformat(), away.until.isoformat()) == (
        "2026-03-03T05:00:00+00:00",
        "2026-03-05T05:00:00+00:00",
    )


def test_the_deputy_is_asked_about_what_waits_when_the_absence_begins(terminal: Terminal) -> None:
    """What waits for Ana is looked at when she goes, and not for an absence after its deadline."""
    world = terminal.world
    journey = Journey(world, accept(world, form(email="bo@kontor.example"), event="evt-2"))
    journey.goes()
    for number, first, due in ((1, "2026-03-09", None), (2, "2026-03-02T12:00Z", "12:00")):
        words = ("--from", first, "--until", f"2026-03-1{number}", "--deputy", "cleo")
        assert terminal.types("people", "away", "ana", *words)[0] == 0
        row = journey.record.due.get("mail")
        assert (f"{row.at:%H:%M}" if row else None) == due
    assert (
        terminal.types("people", "away", "ana", "--until", "2026-03-03", "--deputy", "cleo")[0] == 0
    )
    assert journey.record.due["mail"].at == START


def test_an_absence_begins_now_and_ends_when_they_are_back(terminal: Terminal) -> None:
    """Without `--from` the deputy decides at once; `back` ends it."""
    words = ("--until", "2026-03-09", "--deputy", "cleo")
    assert terminal.types("people", "away", "ana", *words)[0] == 0
    assert held(terminal, "ana").deputy(START) == "cleo"
    assert "cleo decides" in terminal.types("people", "list")[1]
    assert terminal.types("people", "back", "ana")[0] == 0
    assert held(terminal, "ana").away == ()


def test_a_new_absence_replaces_the_one_it_overlaps(terminal: Terminal) -> None:
    """Two deputies for one day would leave open who decides; another month stays."""
    for first, last, deputy in (("03", "05", "ben"), ("20", "22", "ben"), ("04", "06", "cleo")):
        days = ("--from", f"2026-03-{first}", "--until", f"2026-03-{last}")
        terminal.types("people", "away", "ana", *days, "--deputy", deputy)
    assert [(one.since.day, one.deputy) for one in held(terminal, "ana").away] == [
        (20, "ben"),
        (4, "cleo"),
    ]


def asking(role: str) -> str:
    """The workflows that ask a role."""
    asks = [one.id for one in WORKFLOWS.values() if role in {tier.role for tier in one.tiers}]
    return " and ".join(asks)


def test_a_leaver_is_cut_off_and_the_last_of_a_role_warns(terminal: Terminal) -> None:
    """The warning names the role and the workflow that asks it; the leaver is gone all the same."""
    assert "Warning" not in terminal.types("people", "leave", "ben")[2]
    code, _, said = terminal.types("people", "leave", "ana")
    assert (code, said) == (
        0,
        f"Warning: nobody has the role sales any more; {asking('sales')} would ask it.\n",
    )
    assert directory(terminal).member("ana") is None


def test_taking_the_last_role_away_warns_too(terminal: Terminal) -> None:
    """It is the same as leaving, for that role; JSON has the warning."""
    warned = terminal.json("people", "set", "cleo", "--role", "sales")["warnings"]
    assert warned == [
        f"nobody has the role sales-lead any more; {asking('sales-lead')} would ask it"
    ]


def test_a_deputy_who_leaves_warns(terminal: Terminal) -> None:
    """Whoever is away would be asked themselves."""
    terminal.types("people", "away", "ana", "--until", "2026-03-09", "--deputy", "ben")
    assert "the deputy ben has left" in terminal.types("people", "leave", "ben")[2]


def test_an_id_is_never_given_to_somebody_else(terminal: Terminal) -> None:
    """Audit entries name people by it; the same person can come back."""
    terminal.types("people", "leave", "ben")
    code, _, said = terminal.types("people", "add", "ben", *ZOE[3:])
    assert (code, "--rejoin" in said) == (1, True)
    assert terminal.types("people", "set", "ben", "--rejoin")[0] == 0
    assert held(terminal, "ben").person == BEN


def test_who_leaves_cannot_decide_on_an_open_link(terminal: Terminal) -> None:
    """The command works on the directory that the approvals door reads, without a deploy."""
    world = terminal.world
    journey = Journey(world, accept(world, form(message="Please call me."), event="evt-2"))
    journey.goes()
    record: JobRecord = journey.record
    assert record.pending is not None
    assert {person.id for person in record.pending.approvers} == {"ana", "ben"}
    terminal.types("people", "leave", "ana")
    assert world.deps.people.directory().member(ANA.id) is None


def test_export_and_import_are_inverse(terminal: Terminal, tmp_path: Path) -> None:
    """What export writes, import takes: the same directory comes out."""
    terminal.types(*ZOE, "--limit", "payments.*=500 EUR", "--days", "mon,wed,sun")
    terminal.types("people", "away", "ana", "--until", "2026-03-09", "--deputy", "cleo")
    terminal.types("people", "leave", "ben")
    before = directory(terminal)
    file = tmp_path / "people.json"
    file.write_text(terminal.types("people", "export")[1])
    terminal.types("people", "back", "ana")
    terminal.types("people", "leave", "zoe")
    code, out, _ = terminal.types("people", "import", str(file))
    assert (code, out) == (0, "imported: ana, ben, cleo, kim, zoe\n")
    assert directory(terminal) == before


def entries(*changed: Mapping[str, Any]) -> str:
    """An import file with a good person and others."""
    good = {"id": "yan", "name": "Yan Li", "address": "yan@example.com", "roles": ["sales"]}
    return json.dumps({"people": [good, *({**good, **one} for one in changed)]})


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("{", ["not JSON"]),
        ("[]", ["as export writes it"]),
        ('{"people": [1]}', ["as export writes it"]),
        (entries({}), ["yan: is there twice"]),
        (entries({"id": "x", "address": "x@example.com", "shoe": 44}), ["x: a person"]),
        (
            entries(
                {"id": "x", "address": "x@example.com", "zone": "Nowhere/Here"},
                {"id": "y", "address": "y@example.com", "limits": ["payments.*=5"]},
            ),
            ["x: Nowhere/Here", "y: the limit"],
        ),
        (entries({"id": "x"}), ["x: the address is yan's"]),
        (
            entries(
                {
                    "id": "x",
                    "address": "x@example.com",
                    "away": [{"since": "2026-03-01", "until": "2026-03-09", "deputy": "gone"}],
                }
            ),
            ["x: the deputy gone does not exist"],
        ),
    ],
)
def test_import_checks_all_before_it_writes_any(
    terminal: Terminal, tmp_path: Path, text: str, complaints: list[str]
) -> None:
    """One bad person keeps the good ones out too; every fault is named at once."""
    file = tmp_path / "people.json"
    file.write_text(text)
    before = directory(terminal)
    code, _, said = terminal.types("people", "import", str(file))
    assert code == 1
    assert [one for one in complaints if one not in said] == []
    assert directory(terminal) == before


def test_a_file_may_bring_a_person_and_their_deputy(terminal: Terminal, tmp_path: Path) -> None:
    """Deputies are looked for in the directory as it will be."""
    away = [{"since": "2026-03-01", "until": "2026-03-09", "deputy": "x"}]
    file = tmp_path / "people.json"
    file.write_text(
        entries(
            {"id": "x", "address": "x@example.com"},
            {"id": "z", "address": "z@example.com", "away": away},
        )
    )
    assert terminal.types("people", "import", str(file))[0] == 0
    assert held(terminal, "z").deputy(START) == "x"


def test_the_demo_survives_its_own_words() -> None:
    """Every member of the demo is the same after the way into words and back."""
    assert [member_of(entry_of(one)) for one in demo(START)] == list(demo(START))
    assert set(PersonWords.model_fields) == set(entry_of(demo(START)[0]))
    assert set(Absence.model_fields) == {"since", "until", "deputy"}


@pytest.mark.parametrize(
    ("text", "days"),
    [("mon-fri", (0, 1, 2, 3, 4)), ("Sat-mon", (0, 5, 6)), ("wed", (2,)), ("sun, mon", (0, 6))],
)
def test_days_in_words_are_read_back(text: str, days: tuple[int, ...]) -> None:
    """A range may go over the weekend; what we write we read."""
    assert days_of(text) == days
    assert days_of(days_in_words(days)) == days


def test_the_commands_work_on_any_stage(terminal: Terminal) -> None:
    """`--target aws --stage prod` changes the people of that stage."""
    terminal.types("people", "leave", "ben", "--target", "aws", "--stage", "prod")
    assert terminal.chosen == [("aws", "prod")]
    assert CLEO.id in {one.person.id for one in directory(terminal).members}


def test_a_role_that_nothing_asks_is_refused_with_those_that_there_are(
    terminal: Terminal, tmp_path: Path
) -> None:
    """A typo would take somebody's say away without a word: add, set and import end with 2."""
    one = {"id": "yan", "name": "Yan Li", "address": "yan@example.com", "roles": ["salse"]}
    file = tmp_path / "people.json"
    file.write_text(json.dumps({"people": [one]}))
    before = directory(terminal)
    for words in (
        (*ZOE, "--role", "salse"),
        ("people", "set", "ana", "--role", "salse"),
        ("people", "import", str(file)),
    ):
        code, _, complaint = terminal.types(*words)
        said = " ".join(complaint.replace("│", " ").split())
        assert code == 2
        assert "there is no role salse; there are operations, payments-ops, refunds," in said
        assert "did you mean sales?" in said
    assert directory(terminal) == before


@pytest.mark.control
def test_control_a_role_that_somebody_had_before_stays(terminal: Terminal) -> None:
    """A role whose workflow is gone does not stand in the way of other changes of its people."""
    ana = held(terminal, "ana")
    terminal.world.people.save(ana.model_copy(update={"roles": ("sales", "old-desk")}))
    code, _, _ = terminal.types("people", "set", "ana", "--hours", "08:00-16:00")
    assert code == 0
    assert held(terminal, "ana").roles == ("sales", "old-desk")
    assert terminal.types("people", "set", "ben", "--role", "old-desk")[0] == 2


def test_a_new_link_goes_to_its_person_and_to_nobody_else(terminal: Terminal) -> None:
    """The command prints no link, the next mails bring one; who was not asked gets none."""
    world = terminal.world
    journey = Journey(
        world,
        accept(world, form(country="Germany", email="other@hafenwerk.example"), event="evt-2"),
    )
    assert journey.goes() == "Ask"
    before = len(world.mail.to(ANA.address))
    code, _, told = terminal.types("people", "link", journey.job_id, "ana")
    assert (code, ANA.address in told, "/approvals/" in told) == (0, True, False)
    world.clock.passes(minutes=1)
    tick(world.deps)
    assert (len(world.mail.to(ANA.address)), len(world.mail.to(CLEO.address))) == (before + 1, 0)
    assert world.mail.to(ANA.address)[-1].subject.startswith("[New link]")
    code, _, told = terminal.types("people", "link", journey.job_id, "cleo")
    assert (code, f"nothing of {journey.job_id} waits for cleo" in told) == (1, True)


def test_the_list_shows_whole_limits_in_80_columns(terminal: Terminal) -> None:
    """However many there are: what somebody may sign is not cut."""
    more = ("--role", "refunds-lead", "--limit", "payments.*=50000 EUR")
    terminal.types(*ZOE, *more, "--limit", "payments.*=8000000 JPY", "--zone", "America/New_York")
    out = terminal.types("people", "list")[1]
    assert max(map(len, out.splitlines())) <= 80
    for words in ("payments.*=50000.00 EUR", "payments.*=8000000 JPY", "America/New_York"):
        assert words in out

"""When and with whom a call is wished, in the sender's words, and where that is told."""
# ruff: noqa: E501 - a text per line reads as the table it is

import json

import pytest

from tests.unit.workflows.pipeline import judge, read
from workflows.lead_intake import calls


@pytest.mark.parametrize(
    ("text", "at", "whom"),
    [
        ("Please call me tomorrow after 5pm on +44 20 7946 0123.", "tomorrow after 5pm", ""),
        ("Bitte erst nach 14 Uhr anrufen: 044 123 45 67.", "nach 14 Uhr", ""),
        ("電話は03-1234-5678、平日午後にお願いします。", "平日午後", ""),
        ("Bel me op 06-12345678, na 17u.", "na 17u", ""),
        ("Could you ring us between 2 and 4 pm CET? Ask for Mrs Jana Novak.", "between 2 and 4 pm CET", "Mrs Jana Novak"),
        ("Give me a call on Tuesday at 10:00.", "on Tuesday at 10:00", ""),
        ("Best time to reach me: weekdays 9-11.", "weekdays 9-11", ""),
        ("Call us Monday to Friday, 9 to 5.", "Monday to Friday, 9 to 5", ""),
        ("Please phone me not before 10 am.", "not before 10 am", ""),
        ("I'd like to book a call on 3 December at 14:00.", "on 3 December at 14:00", ""),
        ("Please call my boss, Karl Alder, tomorrow.", "tomorrow", "my boss, Karl Alder"),
        ("Bitte rufen Sie mich morgen ab 17 Uhr an.", "morgen ab 17 Uhr", ""),
        ("Rückruf bitte am Donnerstag gegen 15:30 Uhr.", "am Donnerstag gegen 15:30 Uhr", ""),
        ("Ich bin werktags von 9 bis 11 Uhr erreichbar.", "werktags von 9 bis 11 Uhr", ""),
        ("Bitte rufen Sie Frau Novak an: 030 23125 0142.", "", "Frau Novak"),
        ("Rufen Sie mich an und verlangen Sie Herrn Dr. Alder.", "", "Herrn Dr. Alder"),
        ("Vous pouvez me rappeler demain après 17h, demandez Mme Durand.", "demain après 17h", "Mme Durand"),
        ("Je suis joignable le matin, entre 9h et 11h.", "le matin, entre 9h et 11h", ""),
        ("Merci de me rappeler en fin de journée ou lundi matin.", "fin de journée ou lundi matin", ""),
        ("Llámeme mañana por la tarde, por favor. Pregunte por Ana Ruiz.", "mañana por la tarde", "Ana Ruiz"),
        ("Me pueden llamar por teléfono de 9 a 14 h.", "de 9 a 14 h", ""),
        ("Mi chiami domani pomeriggio, dopo le 15. Chieda di Anna Bianchi.", "domani pomeriggio, dopo le 15", "Anna Bianchi"),
        ("Può chiamarmi nel pomeriggio dalle 15 alle 17.", "nel pomeriggio dalle 15 alle 17", ""),
        ("Belt u mij dinsdagochtend om 10 uur. Vraag naar Jan de Wit.", "dinsdagochtend om 10 uur", "Jan de Wit"),
        ("Ik ben bereikbaar na 17 uur.", "na 17 uur", ""),
        ("Ligue-me amanhã às 15h, por favor. Pergunte pela Marta Silva.", "amanhã às 15h", "Marta Silva"),
        ("Podem ligar-me na terça-feira de manhã.", "na terça-feira de manhã", ""),
        ("明日の午後3時以降にお電話ください。", "明日の午後3時以降", ""),
        ("お電話は火曜日の午前中にお願いします。田中さんまでお電話ください。", "火曜日の午前中", "田中さん"),
        ("Ring our buyer, Tom Hale, tomorrow morning.", "tomorrow morning", "our buyer, Tom Hale"),
        ("Bitte rufen Sie Frau Klein am Dienstag zwischen 9 und 11 Uhr an.", "am Dienstag zwischen 9 und 11 Uhr", "Frau Klein"),
        ("Merci d'appeler M. Petit mardi entre 9 h et 11 h.", "mardi entre 9 h et 11 h", "M. Petit"),
        ("Llamen al Sr. García el martes por la mañana.", "martes por la mañana", "Sr. García"),
        ("Chiamate il dott. Rossi martedì alle 10.", "martedì alle 10", "dott. Rossi"),
        ("Kunt u mij vanmiddag bellen?", "vanmiddag", ""),
        ("Proszę zadzwonić we wtorek.", "wtorek", ""),
        ("Позвоните мне во вторник.", "вторник", ""),
        ("We need 40 desks by next Friday at 10 EUR each.", "", ""),
        ("Please call us back, we need 40 tablets for 9,000 EUR by 2026-11-20.", "", ""),
        ("Guten Morgen, ich bitte um Rückruf unter 030 23125 0142.", "", ""),
        ("We talked to Sales and to Jana Novak on Monday; please send a quote.", "", ""),
        ("Call me at the office, ask for extension 12.", "", ""),
        ("Call me on 06 12 34 56 78.", "", ""),
    ],
)  # fmt: skip
def test_a_call_is_wished_in_the_sender_s_words(text: str, at: str, whom: str) -> None:
    """The time next to the wish, and somebody else's name; a delivery's day and a phone's digits are
    no time, a greeting and a team no person."""
    assert (calls.when(text), calls.whom(text)) == (at, whom)


def test_who_wants_no_call_wishes_none() -> None:
    """A word for calling that is denied is no wish."""
    assert not calls.wishes("Please do not call me.")
    assert not calls.wishes("Ich möchte nicht zurückgerufen werden, also kein Rückruf.")
    assert calls.wishes("Why not? Please call me.")


_FORM = {
    "name": "Ines Alder",
    "email": "ines@kornfeld.example",
    "phone": "+44 20 7946 0123",
    "message": "We need a quote for 5 licences. Call us on Tuesday after 4 pm and ask for Jana Novak.",
}


@pytest.mark.parametrize("by_the_model", [True, False])
def test_whoever_calls_is_told_when_and_whom(by_the_model: bool) -> None:
    """In the task, whether the model says it or leaves it out; as facts they stand on the page."""
    silent = {} if by_the_model else {"call_at": None, "call_whom": None}
    plan = judge(read(json.dumps(_FORM).encode()), answer=silent)
    notes = str(plan.params("crm.request_callback")["notes"]).splitlines()
    assert notes[-1] == "Call wished at: on Tuesday after 4 pm, ask for: Jana Novak"
    assert ("call_at" in plan.facts, "call_whom" in plan.facts) == (by_the_model, by_the_model)


@pytest.mark.control
def test_control_nobody_who_wishes_no_call_is_given_a_time() -> None:
    """Control: the same day and name, without a word for calling, are no wish."""
    text = "We need a quote for 5 licences on Tuesday after 4 pm, says Jana Novak."
    plan = judge(read(json.dumps({**_FORM, "message": text}).encode()))
    assert "Call wished" not in str(plan.params("crm.request_callback")["notes"])


def test_deal_and_task_have_the_summary_where_it_says_more() -> None:
    """What was said beside the need reaches the seller; what repeats it does not."""
    text = "We need a quote for 5 licences. We open a second shop in Leeds next spring."
    more = {
        "need": {"value": "a quote for 5 licences", "quotes": ["a quote for 5 licences"]},
        "summary": {"value": text, "quotes": [text]},
    }
    plan = judge(read(json.dumps({**_FORM, "message": text}).encode()), answer=more)
    for action, part in (("crm.create_lead", "need"), ("crm.request_callback", "notes")):
        assert "second shop in Leeds" in str(plan.params(action)[part])
    same = {**more, "summary": {"value": "5 licences", "quotes": ["5 licences"]}}
    plan = judge(read(json.dumps({**_FORM, "message": text}).encode()), answer=same)
    assert plan.params("crm.create_lead")["need"] == "a quote for 5 licences"


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("Please give our operations lead Tom Hale a call.", "Tom Hale"),
        ("Give Ms Novak a quick ring tomorrow.", "Ms Novak"),
        ("Give our team a call.", ""),
        ("Give me a call.", ""),
    ],
)
def test_who_is_to_be_given_a_call_is_named(text: str, whom: str) -> None:
    """“Give” with a name between it and the call."""
    assert calls.whom(text) == whom

"""Own words, history, what may be history, and signatures: in which part each ends up."""
# ruff: noqa: E501 - a mail per line, in many languages, reads as the table it is

import pytest

from countersign.parsing.mail.quoted import Kin, Split, split
from tests.unit.linear import runs_away

_OWN = [
    "as I wrote on 3 May 2026, we need:\n- 40 pieces",
    "as my colleague wrote you on 3 May 2026, we need the following:\n- 40 pieces",
    "wie am 3.5.2026 geschrieben, brauchen wir:\n- 40 pieces",
    "am 3. Mai 2026 schrieb ich Ihnen wegen:\n40 pieces",
    "comme il vous a écrit le 3 mai 2026, nous avons besoin de :\n- 40 pieces",
    "como le escribió mi jefe el 3 de mayo de 2026, necesitamos:\n- 40 pieces",
    "come ha scritto il mio collega il 3 maggio 2026, ci servono:\n- 40 pieces",
    "zoals ik op 3 mei 2026 schreef, hebben wij nodig:\n- 40 pieces",
    "как я написал 3.05.2026, нам нужно:\n- 40 pieces",
    "Bob of your team wrote me on 12.11.2026 at 10:30 that you offer:\n- 40 pieces",
    "From: Hamburg\nTo: Rotterdam\nDate: 12 December 2026\n40 pieces",
    "Von: Hamburg Hafen\nAn: Wien\nDatum: 12.12.2026\n40 pieces",
    "De : Lyon\nÀ : Milan\nDate : 12/12/2026\n40 pieces",
    "----- Order -----\nFrom: stock\n40 pieces",
    "von meinem Konto wurden 24,95 EUR abgebucht.\n40 pieces",
    "Sent from your warehouse on Monday, nothing came.\n40 pieces",
    "Enviado desde Madrid el lunes, no llegó.\n40 pieces",
    "envoyé de Lyon lundi, rien reçu.\n40 pieces",
    "--\nPosition 1\n--\n40 pieces, can you?\n--\nLia",
    "-- \nLia Stone\n\nPS: 40 pieces",
    "-- \n40 pieces",
    "--\n\nOrder: 40 pieces\nDelivery: Leeds",
    "On Monday, 2 November you wrote: the price holds.\n40 pieces",
    'My colleague wrote: "buy 40 pieces". Please quote.',
    "Le 12 novembre je vous ai écrit :\n40 pieces",
    "Op 12 november schreef ik u:\n40 pieces",
    "Best regards from Leeds! We met at the fair and want 40 pieces.",
    "Sent from Leeds by mail yesterday: 40 pieces",
    "Order form\n_______________\n40 pieces\n_______________",
]


@pytest.mark.parametrize("kin", ["", "reply"])
@pytest.mark.parametrize("words", _OWN)
def test_the_senders_own_words_stay_in_the_text(words: str, kin: Kin) -> None:
    """A sentence that looks like a program's line takes nothing away, in a reply neither."""
    new = split(f"Hello\n\n{words}\n", kin).new
    assert "40 pieces" in "\n".join(line for line in new.split("\n") if line[:1] != ">")


@pytest.mark.parametrize(
    "words",
    [
        "Från: Göteborg\nTill: Oslo\nDatum: 12 december 2026\nÄmne: 40 pieces",
        "De: Valencia\nA: Lisboa\nFecha: 15/12/2026\nAsunto: transporte de 40 pieces",
        "Van: magazijn Utrecht\nAan: filiaal Gent\nDatum: 5 januari\nOnderwerp: 40 pieces",
    ],
)
def test_a_transport_with_a_subject_is_doubtful_in_a_reply(words: str) -> None:
    """It has the four fields of a copied header and no address or time: it is shown, marked."""
    found = split(f"Hello\n\n{words}", "reply")
    assert (found.quoted, "40 pieces" in found.new) == ("", True)


def test_a_postscript_needs_no_sign_behind_it() -> None:
    """It is no part of the signature above it."""
    assert split("Yes\n-- \nBig & Co\nPS we need 4 chargers").new == "Yes\n\nPS we need 4 chargers"


_HISTORY = [
    "On Mon, Nov 2, 2026 at 6:26 PM, Somebody With A Long Name <\nbob@example.com> wrote:\n\n> OLD",
    "On Mon, Nov 2, 2026 at 6:26 PM, Somebody\nWith A Long Name <\nbob@example.com>\nwrote:\n\n> OLD",
    "Am Mo., 2. Nov. 2026 um 18:26 Uhr schrieb Jemand\n<bob@example.com>:\n\n> OLD",
    "Le lun. 2 nov. 2026 à 18:26, Quelqu'un Avec Un Nom\n<\nbob@example.com> a écrit :\n\nOLD",
    "пн, 2 нояб. 2026 г. в 18:26, Боб <bob@example.com>:\n\n> OLD",
    "2026年11月2日(月) 18:26 Bob <bob@example.com>:\n\n> OLD",
    "Bob <bob@example.com> 于2026年11月2日周一 18:26写道：\n\n> OLD",
    "2026년 11월 2일 (월) 오후 6:26, Bob <bob@example.com>님이 작성:\n\n> OLD",
    "Bob <bob@example.com>, 2 Kas 2026 Pzt, 18:26 tarihinde şunu yazdı:\n\n> OLD",
    "From: Bob\nSent: Monday, November 2, 2026 6:26 PM\nTo: Ann\nSubject: RE: x\n\nOLD",
    "Od: Bob <bob@example.com>\nOdesláno: 2. listopadu 2026\nKomu: Ann\nPředmět: x\n\nOLD",
    "-----Ursprüngliche Nachricht-----\nVon: Bob\n\nOLD",
    "On Nov 2, 2026, Io Rossi <bob@example.com> wrote:\n\n> OLD",
    "Bob <bob@example.com> ezt írta (időpont: 2026. nov. 2., H, 18:26):\n\n> OLD",
    "Am Mo., 2. Nov. 2026 um 18:26 schrieb der kleine bob <\nbob@example.com>:\n\n> OLD",
    "> OLD",
    "---- On Mon, 02 Nov 2026 18:26:00 +0100 Bob <bob@example.com> wrote ---\n\nOLD",
    "##- Please type your reply above this line -##\n\nOLD",
    "Pada tanggal Sen, 2 Nov 2026 pukul 18.26 Bob <bob@example.com> menulis:\n\n> OLD",
    "Vào Th 2, 2 thg 11, 2026 vào lúc 18:26 Bob <bob@example.com> đã viết:\n\n> OLD",
    "Bob Field schreef op 2026-11-02 18:26:\n> OLD",
    "Gesendet: Montag, 02. November 2026 um 18:26 Uhr\nVon: Bob <bob@example.com>\nAn: Ann\nBetreff: Angebot\nOLD",
    "----- Mail original -----\nDe: Bob <bob@example.com>\nEnvoyé: Lundi 2 Novembre 2026 18:26:00\nObjet: x\n\nOLD",
    "----- Mensaje citado -----\nDe: Bob <bob@example.com>\nEnviado: lunes 18:26\nAsunto: x\n\nOLD",
    "送信元: Bob <bob@example.com>\n送信日時: 2026年11月2日 18:26\n件名: Re: 見積\n\nOLD",
    "==== Please reply above this line ====\n\nOLD",
    "--- Bitte antworten Sie oberhalb dieser Zeile ---\n\nOLD",
    "--- Veuillez répondre au-dessus de cette ligne ---\n\nOLD",
]


@pytest.mark.parametrize("below", _HISTORY)
def test_the_history_of_a_reply_is_a_part_of_its_own(below: str) -> None:
    """However it is introduced and wrapped, nothing of it stays in the text, and none is lost."""
    found = split(f"Yes, 20.\n\n{below}", "reply")
    assert found.new == "Yes, 20."
    assert "".join(found.quoted.split()) == "".join(below.split())


@pytest.mark.parametrize("below", _HISTORY[:11])
def test_what_may_be_history_stays_behind_marks(below: str) -> None:
    """In a mail that is no reply the same lines are doubtful: shown, each line marked."""
    found = split(f"Yes, 20.\n\n{below}")
    said = [line for line in found.new.split("\n") if line and not line.startswith(">")]
    assert said == ["Yes, 20."]
    assert "OLD" in found.new + found.quoted


@pytest.mark.parametrize(
    "line", ["Please write my name above this line", "Bitte alles über dieser Zeile"]
)
def test_a_line_that_asks_for_no_answer_begins_no_history(line: str) -> None:
    """A help desk asks to answer above its line; what a customer wants above one, is theirs."""
    text = f"Refund order 1042.\n\n{line}\nElse I go to my lawyer."
    assert "lawyer" in split(text).new


def test_a_list_behind_quote_marks_is_kept() -> None:
    """`> ` bullets under the sender's own colon stay in the text of a reply, and where they stand."""
    text = "Please quote:\n> 40 tablets\n> 40 cases\n\nThanks"
    assert split(text, "reply").new == split(text).new == text


@pytest.mark.control
def test_control_under_an_attribution_the_same_lines_are_history() -> None:
    """Control: what keeps them is that nothing introduces them as somebody else's."""
    text = "Thanks\n\nOn 2 Nov 2026 at 10:00, Bob wrote:\n> 40 tablets\n> 40 cases"
    assert split(text).new == "Thanks"


def test_answers_between_quotes_are_the_senders() -> None:
    """In a reply that answers line by line the lines between the quotes are new."""
    assert split("> One?\nYes.\n> Two?\nNo.", "reply").new == "Yes.\nNo."


@pytest.mark.parametrize(
    "line",
    ["Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon Galaxy", "-- \nLia\nStone Ltd"],
)  # fmt: skip
def test_a_signature_is_told(line: str) -> None:
    """What a program or a separator signs with is no part of the text."""
    found = split(f"Yes please.\n\n{line}")
    assert (found.new, bool(found.signature)) == ("Yes please.", True)


def test_what_is_only_a_signature_is_the_text() -> None:
    """A text that is all signature is what there is to read."""
    assert split("-- \nLia") == Split("-- \nLia") == split("-- \nLia", "reply")


@pytest.mark.parametrize(
    "piece", ["> a\n", "a:\n", "From: a@b\n", "On 1 a A.A 1A1 wrote:\n", "(wrote" * 60 + ":\n"]
)
def test_hostile_lines_take_linear_time(piece: str) -> None:
    """A text full of almost-attributions: eight times as much takes about eight times as long."""
    assert not runs_away(lambda size: split(piece * (size // len(piece))), 80_000)


@pytest.mark.control
def test_control_looking_back_over_all_lines_runs_away() -> None:
    """Control: what looks at every line above for each line is seen."""

    def looks_at_all(size: int) -> None:
        lines = ["a"] * size
        for at in range(size):
            lines[:at].count("b")

    assert runs_away(looks_at_all, 4_000)

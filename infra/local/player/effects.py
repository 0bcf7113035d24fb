"""One effect as it was signed and as the outside world shows it, in the same terms.

By connector, whatever the action: who adds a connector says here how its effects are seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from countersign.actions.plans.printing import FILE, PRINT
from countersign.actions.registry import ACTIONS
from countersign.connectors.pdf.printer import printed
from countersign.connectors.stripe.records import to_stripe
from countersign.extraction.inquiries import reminded

Data = Mapping[str, Any]
Effect = tuple[str | int, ...]


@dataclass(frozen=True)
class Seen:
    """How the effects of a connector's actions are compared: `signed(action)` and `made(entry)`
    are equal when the entry is what was signed. `reads`: the parameters that `signed` looks at."""

    what: str
    reads: frozenset[str]
    signed: Callable[[Data], Effect]
    made: Callable[[Data], Effect]


def signed_push(action: Data) -> Effect:
    """The channel, and the text as Slack keeps it, written here without the connector's help."""
    params = action["body"]["params"]
    text = f"*{params['title']}*\n{params['text']}"
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    return params["channel"], text


def made_push(entry: Data) -> Effect:
    """The same of what the channel holds."""
    return entry["channel"], entry["text"]


def signed_refund(action: Data) -> Effect:
    """Key, charge, amount in the provider's units, currency."""
    params = action["body"]["params"]
    minor, currency = params["amount"]["minor"], params["amount"]["currency"]
    return action["key"], params["charge"], to_stripe(minor, currency), currency


def made_refund(entry: Data) -> Effect:
    """The same of what the provider did."""
    return entry["key"], entry["charge"], entry["amount"], entry["currency"].upper()


def signed_mail(action: Data) -> Effect:
    """Recipient, subject, text, and the names of what is enclosed."""
    params = action["body"]["params"]
    places = (*params.get("stored", ()), *params.get("texts", ()))
    names = sorted(one.rpartition("/")[2] for one in places)
    return params["to"], params["subject"], params["text"], *names


def reminder_of(question: Data) -> Effect:
    """The same of the one reminder of a question to whoever wrote."""
    params = question["body"]["params"]
    text = reminded(params["language"], params["text"])
    return params["to"], params["subject"], text


def sent_mail(mail: Data) -> Effect:
    """The same of what left."""
    return ", ".join(mail["to"]), mail["subject"], mail["text"], *sorted(mail.get("files", ()))


def signed_documents(action: Data) -> Effect:
    """Under which key, and the digest of each file by its name."""
    contract = ACTIONS[action["action"]]
    params = contract.params.read(action["body"]["params"])
    texts = contract.documents(params) if contract.documents else {}
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    return stored_documents({"key": action["key"], **digests})


def stored_documents(entry: Data) -> Effect:
    """The same of what the bucket holds."""
    files = (f"{name} {digest}" for name, digest in entry.items() if name != "key")
    return entry["key"], *sorted(files)


def signed_print(action: Data) -> Effect:
    """Under the digest of its data, the digest of the file as it is printed here."""
    printing = PRINT.params.read(action["body"]["params"])
    body = printed(printing.paper)
    return stored_documents({"key": printing.digest, FILE: hashlib.sha256(body).hexdigest()})


def signed_child(action: Data) -> Effect:
    """Of which job, under which number, for whom."""
    body = action["body"]
    return body["job"], str(body["params"]["number"]), body["params"]["destination"]


def made_child(job: Data) -> Effect:
    """The same of a job that another one handed over."""
    return job["parent"], job["source"]["event_id"], job["handed_to"]


def signed_rows(action: Data) -> Effect:
    """Of which job, the digest of the rows, how many, and that none of them is left."""
    body = action["body"]
    return body["job"], body["params"]["digest"], body["params"]["rows"], 0


def worked_rows(run: Data) -> Effect:
    """The same of the last run over a job's file."""
    return run["job"], run["plan"], run["rows"], run["left"]


def signed_in_shop(action: Data) -> Effect:
    """Key, order, and the new day, what is sent, or the credit."""
    params = action["body"]["params"]
    said = {**params, **params.get("amount", {})}
    says = (said[name] for name in ("day", "part", "pieces", "minor", "currency") if name in said)
    return action["key"], params["order"], *says


def made_in_shop(entry: Data) -> Effect:
    """The same of what the shop did."""
    return entry["key"], entry["order"], *entry["says"]


BY_CONNECTOR: Mapping[str, Seen] = {
    # What is enclosed stands in `stored` and `texts` of the one action that encloses anything.
    "mail": Seen("mail to", frozenset({"to", "subject", "text"}), signed_mail, sent_mail),
    "notify": Seen("message in", frozenset({"channel", "title", "text"}), signed_push, made_push),
    "press": Seen("print of", frozenset(), signed_print, stored_documents),
    "files": Seen("documents under", frozenset(), signed_documents, stored_documents),
    "bulk": Seen("rows of", frozenset({"digest", "rows"}), signed_rows, worked_rows),
    "desk": Seen("child of", frozenset({"number", "destination"}), signed_child, made_child),
    "http-shop": Seen("done in the shop", frozenset({"order"}), signed_in_shop, made_in_shop),
    "payments": Seen("refund", frozenset({"charge", "amount"}), signed_refund, made_refund),
}
"""A CRM's writes are not here: each carries its action's key, or is found by its receipt."""

"""What `make run` tells the person who started it."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.local import people
from infra.local.front.samples import samples
from infra.local.stand import Stand

PAGES = (
    ("", "start here"),
    ("/console", "jobs"),
    ("/mailbox", "mails, with the approval links"),
    ("/approvals", "the inbox of whoever signs in; the link comes to the mailbox"),
    ("/crm", "the demo CRM"),
    ("/payments", "the demo payments provider"),
    ("/push", "the demo channels"),
)


def addresses(running: Stand, console: Console) -> None:
    """Where everything is, and how to send an event."""
    for line in running.rewrites:
        console.print(f"[dim]rewrite: {escape(line)}[/]")
    table = Table.grid(padding=(0, 2))
    for path, what in PAGES:
        table.add_row(f"[bold]{running.url}{path or '/'}[/]", what)
    table.add_row(running.cloud.endpoint, "AWS endpoint (key test, secret test)")
    console.print()
    console.print(table)
    console.print(f"\nSign in to the inbox as {sign_in_names()}.")
    console.print(
        f"\nWebhook secret of this run: [bold]{running.webhook_secret}[/]", soft_wrap=True
    )
    first = samples()[0]
    console.print(
        f"Send an event:\n  [bold].venv/bin/countersign submit --workflow {first.expect.workflow} "
        f"\\\n    events/{first.name}/{first.file}[/]\n"
        "Stop with Ctrl-C; details are in .local/run.log.",
        soft_wrap=True,
    )


def sign_in_names() -> str:
    """The demo's people with their addresses."""
    known = (member.person for member in people.since_now())
    return ", ".join(f"{one.name} ({one.address})" for one in known)

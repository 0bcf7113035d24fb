"""Queues of the stage: encrypted, over TLS alone, and with the stack's data or without it."""

from aws_cdk import Duration, aws_sqs
from constructs import Construct

from infra.settings import Settings
from infra.stack.storage import removal

LONGEST_STAY = Duration.days(14)
"""SQS keeps no message for longer."""
VISIBILITY_FACTOR = 6  # AWS asks for six times the consumer's time-out


def dead_letters(
    scope: Construct, settings: Settings, stay: Duration = LONGEST_STAY
) -> aws_sqs.Queue:
    """Where messages go that their consumer never took."""
    return _queue(scope, "Dead", settings, stay)


def fed(
    scope: Construct,
    settings: Settings,
    seconds: int,
    dead: aws_sqs.Queue,
    *,
    receives: int,
    stay: Duration = LONGEST_STAY,
    delay: Duration | None = None,
) -> aws_sqs.Queue:
    """The queue of a consumer with a time-out of so many `seconds`. A message that it was given
    `receives` times lies with the `dead` ones; it is given the first time after `delay`."""
    letters = aws_sqs.DeadLetterQueue(queue=dead, max_receive_count=receives)
    after = Duration.seconds(VISIBILITY_FACTOR * seconds)
    return _queue(scope, "Queue", settings, stay, visibility=after, dead=letters, delay=delay)


def failures(scope: Construct, settings: Settings) -> aws_sqs.Queue:
    """Where events lie that no target took."""
    return _queue(scope, "Failures", settings, LONGEST_STAY)


def _queue(
    scope: Construct,
    name: str,
    settings: Settings,
    stay: Duration,
    *,
    visibility: Duration | None = None,
    dead: aws_sqs.DeadLetterQueue | None = None,
    delay: Duration | None = None,
) -> aws_sqs.Queue:
    return aws_sqs.Queue(
        scope,
        name,
        encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=stay,
        visibility_timeout=visibility,
        delivery_delay=delay,
        dead_letter_queue=dead,
        removal_policy=removal(settings),
    )

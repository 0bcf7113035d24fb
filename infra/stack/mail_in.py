"""Mail that SES receives: receipt rules which put it into the uploads bucket."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack, aws_iam, aws_s3, aws_ses
from constructs import Construct, IConstruct

from countersign.domain.jobs.handing import INBOX
from infra.settings import MailIn, Settings, own_rule_set


class Receiving(Construct):
    """A rule for each address that is one workflow's, and one for all others, in this order."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        settings: Settings,
        mail_in: MailIn,
        uploads: aws_s3.Bucket,
    ) -> None:
        super().__init__(scope, name)
        self._uploads = uploads
        self._set = mail_in.rule_set or own_rule_set(settings)
        self._stage = settings.stack_name
        self._let_ses_write()
        # SES tries the bucket when a rule is made.
        before: list[IConstruct] = [uploads]
        if not mail_in.rule_set:
            before.append(aws_ses.CfnReceiptRuleSet(self, "Rules", rule_set_name=self._set))
        prefixes = {
            f"{local}@{mail_in.domain}": workflow for local, workflow in mail_in.addresses.items()
        }
        after = ""
        for recipient, prefix in {**prefixes, mail_in.domain: INBOX}.items():
            rule = self._rule(recipient, prefix, after)
            rule.node.add_dependency(*before)
            before, after = [*before, rule], self._named(recipient, prefix)
        host = f"inbound-smtp.{Stack.of(self).region}.amazonaws.com"
        CfnOutput(Stack.of(self), "DnsMailIn", value=f"{mail_in.domain} MX 10 {host}")

    def _named(self, recipient: str, prefix: str) -> str:
        who = recipient.partition("@")[0]
        return f"{self._stage}-{prefix}-{who}".replace(".", "-")[:64]

    def _rule(self, recipient: str, prefix: str, after: str) -> aws_ses.CfnReceiptRule:
        """It comes after the rule with the name `after`, and ends the search."""
        return aws_ses.CfnReceiptRule(
            self,
            f"Rule-{recipient}",
            rule_set_name=self._set,
            after=after or None,
            rule=aws_ses.CfnReceiptRule.RuleProperty(
                name=self._named(recipient, prefix),
                enabled=True,
                recipients=[recipient],
                scan_enabled=True,
                tls_policy="Optional",
                actions=[
                    aws_ses.CfnReceiptRule.ActionProperty(
                        s3_action=aws_ses.CfnReceiptRule.S3ActionProperty(
                            bucket_name=self._uploads.bucket_name, object_key_prefix=f"{prefix}/"
                        )
                    ),
                    aws_ses.CfnReceiptRule.ActionProperty(
                        stop_action=aws_ses.CfnReceiptRule.StopActionProperty(scope="RuleSet")
                    ),
                ],
            ),
        )

    def _let_ses_write(self) -> None:
        """SES, for rules of this set in this account, and for nobody else's."""
        stack = Stack.of(self)
        rules = stack.format_arn(
            service="ses", resource="receipt-rule-set", resource_name=f"{self._set}:receipt-rule/*"
        )
        self._uploads.add_to_resource_policy(
            aws_iam.PolicyStatement(
                principals=[aws_iam.ServicePrincipal("ses.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self._uploads.arn_for_objects("*")],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": rules},
                },
            )
        )

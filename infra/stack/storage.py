"""What outlasts an execution: tables, buckets and the secrets of the connectors."""

from aws_cdk import Duration, RemovalPolicy, SecretValue
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from countersign.connectors.dynamodb.lists import SHOWN
from countersign.domain.jobs.job import KEPT_DAYS
from infra.settings import Settings

TEXT = dynamodb.AttributeType.STRING
OLD_VERSIONS_DAYS = 7
NOT_SET = "not set"  # what countersign.connectors.aws.secrets refuses to use


def removal(settings: Settings) -> RemovalPolicy:
    """What becomes of what holds data: it outlives a stack that keeps its data, unless that stack
    was never whole."""
    kept = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    return kept if settings.keep_data else RemovalPolicy.DESTROY


class Storage(Construct):
    """Tables `jobs` and `idempotency`, buckets `uploads` and `payloads`, and secrets by name."""

    def __init__(self, scope: Construct, name: str, settings: Settings) -> None:
        super().__init__(scope, name)
        self._removal = removal(settings)
        self._protected = bool(settings.protected)
        self.jobs = self._table("Jobs", key="pk", sort="sk", ttl="ttl")
        self._index_jobs()
        # The names are Powertools' defaults.
        self.idempotency = self._table("Idempotency", key="id", sort=None, ttl="expiration")
        self.uploads = self._bucket("Uploads", settings.upload_days)
        self.payloads = self._bucket("Payloads", settings.payload_days)
        self.seals = self._sealed_bucket(settings)
        self.seal_key = self._signing_key(
            "SealKey", "Signs the hourly roots over the jobs' trails."
        )
        verdicts = "Signs what callers may do by themselves."
        takes = settings.takes_verdicts
        self.verdict_key = self._signing_key("VerdictKey", verdicts) if takes else None
        _announce_uploads(self.uploads)
        self.secrets = {
            "webhook": self._signing_secret(),
            "page-key": self._page_key(),
            **({"callers": self._tokens()} if settings.has_callers else {}),
            **{name: self._outside_key(name) for name in settings.outside_keys},
        }

    def _table(self, name: str, *, key: str, sort: str | None, ttl: str) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            name,
            partition_key=dynamodb.Attribute(name=key, type=TEXT),
            sort_key=dynamodb.Attribute(name=sort, type=TEXT) if sort else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute=ttl,
            deletion_protection=self._protected,
            removal_policy=self._removal,
        )

    def _index_jobs(self) -> None:
        """All are sparse and sharded: only due rows have `due_shard`, only what is under way has
        `live`, only what is over has `ended`. How one is changed: docs/operating.md, Upgrades."""
        self._index("due", "due_shard", "due_at")
        for name in ("live", "ended"):
            self._index(name, name, "listed", SHOWN)

    def _index(self, name: str, key: str, sort: str, shown: tuple[str, ...] = ()) -> None:
        kind = dynamodb.ProjectionType
        self.jobs.add_global_secondary_index(
            index_name=name,
            partition_key=dynamodb.Attribute(name=key, type=TEXT),
            sort_key=dynamodb.Attribute(name=sort, type=TEXT),
            projection_type=kind.INCLUDE if shown else kind.ALL,
            non_key_attributes=list(shown) or None,
        )

    def _bucket(self, name: str, days: int) -> s3.Bucket:
        return s3.Bucket(
            self,
            name,
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(days),
                    noncurrent_version_expiration=Duration.days(min(days, OLD_VERSIONS_DAYS)),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
                # S3 wants this in a rule of its own.
                s3.LifecycleRule(expired_object_delete_marker=True),
            ],
            removal_policy=self._removal,
        )

    def _sealed_bucket(self, settings: Settings) -> s3.Bucket:
        """What is put here can be neither changed nor deleted before its time, by nobody where the
        stage keeps its data."""
        kept = Duration.days(KEPT_DAYS)
        lock = s3.ObjectLockRetention
        return s3.Bucket(
            self,
            "Seals",
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=(
                lock.compliance(kept) if settings.keep_data else lock.governance(Duration.days(1))
            ),
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=self._removal,
        )

    def _signing_key(self, name: str, signs: str) -> kms.Key:
        """Whoever checks what it signed needs its public half alone."""
        return kms.Key(
            self,
            name,
            description=signs,
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=self._removal,
        )

    def _signing_secret(self) -> secretsmanager.Secret:
        """`{"current": …}`: 44 letters and digits are the base64 of 33 bytes.

        A sender's secret is `whsec_` and that value. For a rotation add a second member.
        """
        return self._secret(
            "webhook",
            "Signing secrets of webhook senders, by name: each is base64 of 24 to 64 bytes.",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template="{}",  # noqa: S106  # an empty object to put the value in
                generate_string_key="current",
                password_length=44,
                exclude_punctuation=True,
            ),
        )

    def _page_key(self) -> secretsmanager.Secret:
        return self._secret(
            "page-key",
            "Key of the approval pages' nonces.",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=64, exclude_punctuation=True
            ),
        )

    def _tokens(self) -> secretsmanager.Secret:
        """`countersign senders token` writes it: hashes alone, which let nobody in."""
        return self._secret(
            "callers",
            "Hashes of the bearer tokens of callers that speak MCP, by name.",
            secret_string_value=SecretValue.unsafe_plain_text("{}"),
        )

    def _outside_key(self, name: str) -> secretsmanager.Secret:
        """A key that an outside system issues; a later deployment leaves the real value alone."""
        return self._secret(
            name,
            f"Issued by the outside system: put the {name} value here after the first deployment.",
            secret_string_value=SecretValue.unsafe_plain_text(NOT_SET),
        )

    def _secret(
        self,
        name: str,
        description: str,
        generate_secret_string: secretsmanager.SecretStringGenerator | None = None,
        secret_string_value: SecretValue | None = None,
    ) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            f"Secret-{name}",
            description=description,
            generate_secret_string=generate_secret_string,
            secret_string_value=secret_string_value,
            removal_policy=self._removal,
        )


def _announce_uploads(bucket: s3.Bucket) -> None:
    """Send the bucket's events to EventBridge: as a property, where CDK adds a custom resource."""
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        raise TypeError("A bucket of CDK has a CfnBucket as its default child.")
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
            event_bridge_enabled=True
        )
    )

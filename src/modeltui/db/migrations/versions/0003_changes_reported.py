"""A PostgreSQL server tells who listens which rows a commit changed; a SQLite file has a change counter for that.

A report is the table's kind, whether it bears on which name means which model, and per row a letter for what
became of it with its id: `model 1 uca8f…,d03be…`; or `resync`, where a payload could not hold the rows.
"""

from string import Template

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# A server refuses a payload of 8,000 bytes, and with it the transaction; a row takes 34.
ROWS_OF_A_REPORT = 200

# A trigger that is told which rows changed can be of one event only.
_EVENTS = {
    "INSERT": "REFERENCING NEW TABLE AS after_rows",
    "UPDATE": "REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows",
    "DELETE": "REFERENCING OLD TABLE AS before_rows",
    "TRUNCATE": "",
}
_KINDS = ("provider", "model")

# A model's lines and its default mark raise its version, so that its own row tells of them.
_UPDATED = {
    "provider": """
        SELECT replace(id::text, '-', '') AS id, 'u' AS action, true AS topology
        FROM after_rows AS after JOIN before_rows AS before USING (id)
        WHERE after.version <> before.version
    """,
    "model": """
        SELECT replace(id::text, '-', '') AS id,
            CASE WHEN (after.deleted_at IS NULL) = (before.deleted_at IS NULL) THEN 'u'
                 WHEN after.deleted_at IS NULL THEN 'r' ELSE 'd' END AS action,
            after.name_key <> before.name_key OR after.is_default <> before.is_default
                OR (after.deleted_at IS NULL) <> (before.deleted_at IS NULL) AS topology
        FROM after_rows AS after JOIN before_rows AS before USING (id)
        WHERE after.version <> before.version
    """,
}

_FUNCTION = Template(
    """
    CREATE FUNCTION report_${kind}_changes() RETURNS trigger LANGUAGE plpgsql AS $$body$$
    DECLARE
        rows bigint;
        report text := 'resync';
    BEGIN
        -- Counted first: the join has a plan for few rows, and with that many take a time that grows with the square.
        IF TG_OP = 'INSERT' THEN
            SELECT count(*) INTO rows FROM after_rows;
        ELSIF TG_OP <> 'TRUNCATE' THEN
            SELECT count(*) INTO rows FROM before_rows;
        END IF;
        IF rows > ${limit} THEN
            NULL;
        ELSIF TG_OP = 'INSERT' THEN
            SELECT '${kind} 1 ' || string_agg('c' || replace(id::text, '-', ''), ',') INTO report FROM after_rows;
        ELSIF TG_OP = 'DELETE' THEN
            SELECT '${kind} 1 ' || string_agg('d' || replace(id::text, '-', ''), ',') INTO report FROM before_rows;
        ELSIF TG_OP = 'UPDATE' THEN
            SELECT '${kind} ' || bool_or(topology)::int || ' ' || string_agg(action || id, ',')
            INTO report FROM (${updated}) AS changed;
        END IF;
        IF report IS NULL THEN
            RETURN NULL;
        END IF;
        -- Catalogs in schemas of one database have a channel each.
        PERFORM pg_notify(
            'modeltui_' || (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = TG_RELID), report
        );
        RETURN NULL;
    END
    $$body$$
    """
)


def upgrade() -> None:
    """Makes the triggers."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for kind in _KINDS:
        op.execute(_FUNCTION.substitute(kind=kind, updated=_UPDATED[kind], limit=ROWS_OF_A_REPORT))
        for event, rows in _EVENTS.items():
            op.execute(
                f"CREATE TRIGGER report_{event.lower()} AFTER {event} ON {kind}_config {rows} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION report_{kind}_changes()"
            )


def downgrade() -> None:
    """Takes the triggers away."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for kind in _KINDS:
        for event in _EVENTS:
            op.execute(f"DROP TRIGGER report_{event.lower()} ON {kind}_config")
        op.execute(f"DROP FUNCTION report_{kind}_changes()")

CREATE FUNCTION mcp_jobs_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_notify('mcp_jobs', NEW.id); RETURN NULL; END $$;
CREATE TABLE mcp_audit (
    id text NOT NULL COLLATE pg_catalog."C",
    at timestamp with time zone NOT NULL,
    caller text NOT NULL,
    tool text NOT NULL,
    entry jsonb NOT NULL
);
CREATE TABLE mcp_job_output (
    id text NOT NULL,
    run bigint NOT NULL,
    stream text NOT NULL,
    piece bigint NOT NULL,
    bytes bytea NOT NULL
);
ALTER TABLE ONLY mcp_job_output ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE TABLE mcp_jobs (
    id text NOT NULL,
    tool text NOT NULL,
    caller text NOT NULL,
    state text NOT NULL,
    owner text NOT NULL,
    fence bigint NOT NULL,
    starts bigint NOT NULL,
    lease_until bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    started_at bigint NOT NULL,
    ended_at bigint NOT NULL,
    deadline_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    turn bigint NOT NULL,
    timeout_ms bigint NOT NULL,
    max_output bigint NOT NULL,
    repeatable integer NOT NULL,
    idempotency_key text,
    arguments text NOT NULL,
    capabilities text,
    stdout_bytes bigint NOT NULL,
    stderr_bytes bigint NOT NULL,
    message text NOT NULL,
    output_removed integer NOT NULL,
    input text,
    ending text
);
INSERT INTO mcp_audit VALUES ('01890000000000000000000001', '2030-01-01 00:00:00+00', 'ops', 'ping', '{"at": 1893456000000, "id": "01890000000000000000000001", "tool": "ping", "caller": "ops", "outcome": "success", "queueMs": 0, "decision": "allowed", "durationMs": 12, "outputBytes": 3, "argumentShape": {}, "correlationId": "c"}');
INSERT INTO mcp_job_output VALUES ('BBBBBBBBBBBBBBBBBBBBBBBBBBB', 1, 'stdout', 0, '\x646f6e650a');
INSERT INTO mcp_jobs VALUES ('BBBBBBBBBBBBBBBBBBBBBBBBBBB', 'backup', 'ops', 'queued', '', 0, 0, 0, 1893456000000, 1893456000000, 0, 0, 1893456060000, 0, 1, 60000, 1000, 0, 'k1', '{"path":"a"}', NULL, 0, 0, '', 0, NULL, NULL);
ALTER TABLE ONLY mcp_audit
    ADD CONSTRAINT mcp_audit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY mcp_job_output
    ADD CONSTRAINT mcp_job_output_pkey PRIMARY KEY (id, run, stream, piece);
ALTER TABLE ONLY mcp_jobs
    ADD CONSTRAINT mcp_jobs_pkey PRIMARY KEY (id);
CREATE INDEX mcp_audit_at ON mcp_audit USING btree (at);
CREATE INDEX mcp_audit_caller ON mcp_audit USING btree (caller, id);
CREATE INDEX mcp_audit_tool ON mcp_audit USING btree (tool, id);
CREATE INDEX mcp_jobs_ended ON mcp_jobs USING btree (ended_at) WHERE (expires_at > 0);
CREATE UNIQUE INDEX mcp_jobs_key ON mcp_jobs USING btree (caller, tool, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX mcp_jobs_open ON mcp_jobs USING btree (caller) WHERE (expires_at = 0);
CREATE INDEX mcp_jobs_queue ON mcp_jobs USING btree (turn, created_at, id) WHERE (state = 'queued'::text);
CREATE TRIGGER mcp_jobs_changed AFTER INSERT OR UPDATE OF updated_at ON mcp_jobs FOR EACH ROW EXECUTE FUNCTION mcp_jobs_changed();

-- What signing in needs. One text for SQLite and PostgreSQL: TEXT and BIGINT only.
-- Times are milliseconds since 1970 in UTC. Secrets that a browser holds are stored hashed.

CREATE TABLE accounts (
    number     TEXT   PRIMARY KEY,  -- 電子身分證號: two letters for the kind, ten digits
    kind       TEXT   NOT NULL,     -- company
    state      TEXT   NOT NULL,     -- pending, active, disabled
    subject    TEXT,                -- who the card says it is, such as the 統一編號; null without a card
    name       TEXT   NOT NULL,
    mail       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

-- One account for each company. Nulls are distinct in both databases.
CREATE UNIQUE INDEX accounts_subject ON accounts (kind, subject);

CREATE TABLE sessions (
    key        TEXT   PRIMARY KEY,  -- SHA-256 of the id in the cookie, base64
    data       TEXT   NOT NULL,     -- JSON
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- A challenge belongs to the session that asked for it, and goes with it.
CREATE TABLE challenges (
    token     TEXT   PRIMARY KEY,   -- SHA-256 of the token that the page sends back, base64
    session   TEXT   NOT NULL REFERENCES sessions (key) ON DELETE CASCADE,
    challenge TEXT   NOT NULL,
    issued_at BIGINT NOT NULL
);

CREATE INDEX challenges_session ON challenges (session);
CREATE INDEX challenges_issued_at ON challenges (issued_at);

-- Who signed in with which certificate. Rows are added, never changed.
CREATE TABLE logins (
    id                 TEXT   PRIMARY KEY,
    account            TEXT   NOT NULL REFERENCES accounts (number),
    at                 BIGINT NOT NULL,
    certificate_serial TEXT   NOT NULL,  -- hexadecimal, as the certificate has it
    certificate_sha256 TEXT   NOT NULL,  -- of its DER, hexadecimal
    card               TEXT   NOT NULL   -- primary, secondary, unknown
);

CREATE INDEX logins_account ON logins (account, at);

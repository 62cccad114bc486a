-- All that the portal keeps. One text for SQLite and PostgreSQL: TEXT and BIGINT only.
-- Times are milliseconds since 1970 in UTC. Secrets that a browser holds or a mail carries are
-- stored hashed: whoever reads this cannot use it.

CREATE TABLE accounts (
    number         TEXT   PRIMARY KEY,  -- 電子身分證號: two letters for the kind, ten digits
    kind           TEXT   NOT NULL,     -- company, citizen, cardless
    state          TEXT   NOT NULL,     -- pending, active, disabled
    claimed        TEXT   NOT NULL,     -- the 統一編號 that was typed in: it proves nothing
    name           TEXT   NOT NULL,
    representative TEXT   NOT NULL,
    address        TEXT   NOT NULL,
    contact        TEXT   NOT NULL,
    phone          TEXT   NOT NULL,
    mail           TEXT   NOT NULL,
    language       TEXT   NOT NULL,     -- zh, en: of the mails to it
    password       TEXT,                -- argon2id; of accounts without a card
    form           TEXT   UNIQUE,       -- which form it was made with: sent twice, it makes one
    created_at     BIGINT NOT NULL,
    activated_at   BIGINT
);

CREATE INDEX accounts_claimed ON accounts (claimed);
CREATE INDEX accounts_mail ON accounts (LOWER(mail));
CREATE INDEX accounts_created_at ON accounts (created_at);

-- Whom a verified card made an account's. A company has one: its 統一編號, whatever the card; a
-- citizen may have one for each card.
CREATE TABLE subjects (
    kind     TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    account  TEXT   NOT NULL REFERENCES accounts (number) ON DELETE CASCADE,
    bound_at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);

CREATE INDEX subjects_account ON subjects (account);

-- Browsers of which something is known: who signed in, or whose card was verified.
CREATE TABLE sessions (
    key        TEXT   PRIMARY KEY,      -- SHA-256 of the cookie, base64
    handle     TEXT   NOT NULL UNIQUE,  -- what its owner's other pages call it
    role       TEXT   NOT NULL,         -- holder, applicant, operator
    account    TEXT   REFERENCES accounts (number) ON DELETE CASCADE,
    signer     TEXT,                    -- JSON: what the verified card says; null for a password
    client     TEXT   NOT NULL,         -- the address it came from
    browser    TEXT   NOT NULL,         -- such as "Firefox, Windows"
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
);

CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_seen_at ON sessions (seen_at);

-- What a mail lets its reader do, once.
CREATE TABLE links (
    token      TEXT   PRIMARY KEY,      -- SHA-256 of the token in the link, base64
    purpose    TEXT   NOT NULL,         -- activation, password, mail
    account    TEXT   NOT NULL REFERENCES accounts (number) ON DELETE CASCADE,
    mail       TEXT   NOT NULL,         -- the address it went to
    expires_at BIGINT NOT NULL
);

CREATE INDEX links_account ON links (account);
CREATE INDEX links_expires_at ON links (expires_at);

-- Letters on their way. They are written when they are sent, so no link lies here.
CREATE TABLE outbox (
    id            TEXT   PRIMARY KEY,   -- in the order of time
    account       TEXT   NOT NULL REFERENCES accounts (number) ON DELETE CASCADE,
    letter        TEXT   NOT NULL,
    mail          TEXT   NOT NULL,
    state         TEXT   NOT NULL,      -- waiting, sent, failed
    created_at    BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,      -- a node is sending it, until then
    attempts      BIGINT NOT NULL,
    fault         TEXT   NOT NULL       -- what the mail server said last
);

CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_account ON outbox (account);

-- A card that wants to become an account's, and has not proven that it may.
CREATE TABLE card_requests (
    id         TEXT   PRIMARY KEY,
    account    TEXT   NOT NULL REFERENCES accounts (number) ON DELETE CASCADE,
    browser    TEXT   NOT NULL,         -- SHA-256 of the cookie with which the card was verified
    signer     TEXT   NOT NULL,         -- JSON
    state      TEXT   NOT NULL,         -- code, operator, bound, refused
    code       TEXT   NOT NULL,         -- SHA-256 of the code in the mail, base64
    tries      BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX card_requests_account ON card_requests (account);
CREATE INDEX card_requests_state ON card_requests (state, created_at);

-- Applications for tax-exemption letters. The document is what is signed; it is made once.
CREATE TABLE exemptions (
    number     TEXT   PRIMARY KEY,
    account    TEXT   NOT NULL REFERENCES accounts (number),
    goods      TEXT   NOT NULL,
    document   TEXT   NOT NULL,
    form       TEXT   NOT NULL,         -- which form it was made with: sent twice, it makes one
    created_at BIGINT NOT NULL,
    UNIQUE (account, form)
);

CREATE INDEX exemptions_account ON exemptions (account, created_at);

-- What was signed, with the proof. Rows are added and never changed, as in the audit log.
CREATE TABLE signatures (
    exemption          TEXT   PRIMARY KEY REFERENCES exemptions (number),
    cms                TEXT   NOT NULL,     -- SignedData with document and certificate, base64
    name               TEXT   NOT NULL,     -- whose certificate it is
    certificate_serial TEXT   NOT NULL,     -- hexadecimal
    certificate_sha256 TEXT   NOT NULL,     -- hexadecimal
    signed_at          BIGINT NOT NULL      -- when it was verified
);

CREATE INDEX signatures_signed_at ON signatures (signed_at);

-- How often somebody did something lately.
CREATE TABLE counts (
    key   TEXT   PRIMARY KEY,
    since BIGINT NOT NULL,
    count BIGINT NOT NULL
);

CREATE INDEX counts_since ON counts (since);

-- Certificates that signed in or signed, as evidence.
CREATE TABLE certificates (
    sha256 TEXT PRIMARY KEY,            -- hexadecimal
    der    TEXT NOT NULL                -- base64
);

-- What happened. Rows are added and never changed: the database sees to it (database/guards.rs).
-- Accounts are named, not referenced: what happened stays when an account goes.
CREATE TABLE audit (
    id                 TEXT   PRIMARY KEY,  -- in the order of time
    at                 BIGINT NOT NULL,
    actor              TEXT   NOT NULL,     -- holder, operator citizen:…, command line, system
    action             TEXT   NOT NULL,
    account            TEXT   NOT NULL,     -- or nothing
    certificate_serial TEXT   NOT NULL,     -- hexadecimal, or nothing
    certificate_sha256 TEXT   NOT NULL,     -- hexadecimal, or nothing
    client             TEXT   NOT NULL,     -- the address, or nothing
    detail             TEXT   NOT NULL
);

CREATE INDEX audit_account ON audit (account, id);

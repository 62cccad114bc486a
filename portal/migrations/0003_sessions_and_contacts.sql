-- How a session was opened: native, hicos, password. One of before this is taken for the weakest.
ALTER TABLE sessions ADD COLUMN form TEXT NOT NULL DEFAULT 'hicos';
UPDATE sessions SET form = 'password' WHERE role = 'holder' AND signer IS NULL;

-- What an account's holder could be reached by before, for an operator who has to know that it is
-- still the same person. Kept as long as requests for cards are.
CREATE TABLE contacts_before (
    id         TEXT   PRIMARY KEY,      -- in the order of time
    account    TEXT   NOT NULL REFERENCES accounts (number) ON DELETE CASCADE,
    field      TEXT   NOT NULL,         -- mail, phone, address
    before     TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE INDEX contacts_before_account ON contacts_before (account);

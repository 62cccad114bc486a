-- When the holder first signed in with a signature that names this site: from then on the form of
-- HiCOS pages, which names none, is refused.
ALTER TABLE accounts ADD COLUMN native_at BIGINT;

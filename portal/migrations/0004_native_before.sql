-- Who had signed in, applied or bound a card natively before the site wrote that down: the audit
-- log knows. Logins of the HiCOS form say so there; passwords have no certificate.
UPDATE accounts SET native_at = (
    SELECT MIN(at) FROM audit
    WHERE account = accounts.number AND certificate_sha256 <> '' AND detail <> 'hicos'
        AND action IN ('signed_in', 'applied', 'card_bound')
) WHERE native_at IS NULL;

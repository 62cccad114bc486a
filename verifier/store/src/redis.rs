//! Challenges in Redis or Valkey.
//!
//! A challenge is a key that holds it and its end; what makes one winner is `GETDEL`. The list of a
//! session's challenges is only there to keep them few.

use std::time::SystemTime;

use chop_protocol::Challenge;
use redis::{Client, Script, aio::ConnectionManager};

use crate::{
    ChallengeStore, Error, Issued, LIFETIME, MOST_PER_SESSION, Session,
    challenge::{fingerprint, in_time, millis},
};

/// Puts a challenge in, and of the session's older ones all but a few out: in one step, because a
/// browser may ask twice at once.
///
/// Keys: the challenge's, the session's list. Arguments: the value, milliseconds to live, how many may
/// stay.
const ISSUE: &str = r"
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('LPUSH', KEYS[2], KEYS[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
for _, old in ipairs(redis.call('LRANGE', KEYS[2], ARGV[3], -1)) do
    redis.call('DEL', old)
end
redis.call('LTRIM', KEYS[2], 0, ARGV[3] - 1)
";

/// Challenges in one Redis server.
#[derive(Clone)]
pub struct RedisStore {
    connection: ConnectionManager,
}

impl RedisStore {
    /// Connects to `redis://…` or `redis+unix:///path`. Lost connections are made anew.
    ///
    /// # Errors
    /// [`Error::Redis`].
    pub async fn open(url: &str) -> Result<Self, Error> {
        let connection = Client::open(url)?.get_connection_manager().await?;
        Ok(Self { connection })
    }
}

/// The key of a challenge. Both hashes are in it, so that another session does not even find it. The
/// braces keep a session's keys on one node of a cluster, where the script needs them.
fn key(session: &Session, id: &str) -> String {
    format!("chop:challenge:{{{}}}:{}", session.key(), fingerprint(id))
}

impl ChallengeStore for RedisStore {
    async fn issue(&self, session: &Session, now: SystemTime) -> Result<Issued, Error> {
        let issued = Issued::new(now)?;
        let value = format!(
            "{} {}",
            millis(issued.expires_at),
            issued.challenge.as_str()
        );
        let lifetime = u64::try_from(LIFETIME.as_millis()).unwrap_or(u64::MAX);
        let _: () = Script::new(ISSUE)
            .key(key(session, &issued.id))
            .key(format!("chop:challenges:{{{}}}", session.key()))
            .arg(value)
            .arg(lifetime)
            .arg(MOST_PER_SESSION)
            .invoke_async(&mut self.connection.clone())
            .await?;
        Ok(issued)
    }

    async fn take(
        &self,
        session: &Session,
        id: &str,
        now: SystemTime,
    ) -> Result<Option<Challenge>, Error> {
        let taken: Option<String> = redis::cmd("GETDEL")
            .arg(key(session, id))
            .query_async(&mut self.connection.clone())
            .await?;
        let Some(taken) = taken else { return Ok(None) };
        let (expires_at, challenge) = taken.split_once(' ').ok_or(Error::Entry)?;
        let expires_at = expires_at.parse().map_err(|_| Error::Entry)?;
        in_time(challenge, expires_at, now)
    }

    /// Redis forgets by itself.
    async fn sweep(&self, _: SystemTime) -> Result<(), Error> {
        Ok(())
    }
}

//! The bounds of signing in.

use std::time::Duration;

/// Sessions that a person's list names, the newest ones.
pub const SESSIONS_LISTED_MAX: i64 = 100;

/// How long somebody may take at a provider: a password, a second factor, a telephone that lies in another room.
pub const FLOW_KEPT: Duration = Duration::from_secs(10 * 60);

/// How long a link in a mail works: mail servers that do not know a sender make it wait for some minutes.
pub const MAIL_LINK_KEPT: Duration = Duration::from_secs(10 * 60);

/// The longest path, query and fragment of ours that somebody goes to once they have signed in, in bytes.
pub const GOES_TO_BYTES_MAX: usize = 2_048;

/// The longest code or state that comes back from a provider, in bytes.
pub const RETURNED_BYTES_MAX: usize = 4_096;

/// The longest name that a provider has for an account, in bytes, as OpenID Connect bounds it.
pub const SUBJECT_BYTES_MAX: usize = 255;

/// Affiliations that are read of one person: eduPerson names eight, and a federation may scope each a few times.
pub const AFFILIATIONS_MAX: usize = 64;

/// How long what a university's sign-in made of somebody holds without that they come by it again, in days: a term without a
/// lecture, and less than anybody should teach on who has left.
pub const ATTRIBUTES_KEPT_DAYS: i32 = 90;

/// How far a provider's clock may be ahead of ours, in seconds.
pub const CLOCKS_APART_MAX_S: i64 = 300;

/// How long one call to a provider may take: two of them fit into the edge's patience.
pub const PROVIDER_ANSWER_MAX: Duration = Duration::from_secs(4);

/// The largest answer of a provider, in bytes: keys and discovery documents have some 20 KiB.
pub const PROVIDER_ANSWER_BYTES_MAX: u64 = 256 * 1024;

/// Calls to providers at once, each with a thread.
pub const PROVIDERS_ASKED_AT_ONCE: usize = 16;

/// How long a discovery document with its keys counts. An unknown key is looked for at once.
pub const DISCOVERY_KEPT: Duration = Duration::from_secs(60 * 60);

/// How long nobody asks again for a discovery document that could not be had.
pub const DISCOVERY_FAILURE_KEPT: Duration = Duration::from_secs(10);

/// How long each exchange with the mail server may take.
pub const MAIL_ANSWER_MAX: Duration = Duration::from_secs(10);

/// Mails that are sent at once, each with a thread.
pub const MAILS_AT_ONCE: usize = 4;

/// Mails that wait to be sent: a large class that signs in at once. What is more is not sent, which the log says.
pub const MAILS_WAITING_MAX: usize = 500;

/// How often something may be done within a window of time.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// What is counted.
    pub what: &'static str,
    /// How often.
    pub count_max: i32,
    /// Within which time; windows are the same for everybody.
    pub window: Duration,
}

/// Sign-ins that are begun from one network address: a lecture hall behind one address begins all at once, so that only a
/// machine is stopped by this.
pub const SIGN_INS_OF_ADDRESS: Rate = Rate {
    what: "sign-ins of a network address",
    count_max: 300,
    window: Duration::from_secs(10 * 60),
};

/// Sign-ins that come back from one network address, with something to prove: each may have a provider asked.
pub const PROOFS_OF_ADDRESS: Rate = Rate {
    what: "proofs of a network address",
    count_max: 600,
    window: Duration::from_secs(10 * 60),
};

/// Mails to one address that are asked for from one network: more is a nuisance to whoever reads it. By address alone, anybody
/// who asks in somebody's name would keep them out.
pub const MAILS_TO_ACCOUNT_FROM_NETWORK: Rate = Rate {
    what: "mails to an account from a network address",
    count_max: 5,
    window: Duration::from_secs(60 * 60),
};

/// Mails to one address in all: it takes six networks to fill somebody's mailbox so far, or to keep them out.
pub const MAILS_TO_ACCOUNT: Rate = Rate {
    what: "mails to an account",
    count_max: 30,
    window: Duration::from_secs(60 * 60),
};

/// Nobody keeps others out from one network alone.
const _: () = assert!(MAILS_TO_ACCOUNT_FROM_NETWORK.count_max * 2 <= MAILS_TO_ACCOUNT.count_max);

/// Sessions of one person that are begun: more is a program that has what proves them.
pub const SESSIONS_OF_ACCOUNT: Rate = Rate {
    what: "sessions of an account",
    count_max: 60,
    window: Duration::from_secs(10 * 60),
};

/// Expired rows of signing in that one run of the housekeeping forgets, of each kind.
pub const HOUSEKEEPING_SIGN_INS_MAX: i64 = 10_000;

/// At most two rows for each sign-in, so that they are forgotten faster than one address makes them.
const _: () = assert!(SIGN_INS_OF_ADDRESS.count_max as i64 * 2 < HOUSEKEEPING_SIGN_INS_MAX);

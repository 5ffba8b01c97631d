//! Every bound of the host, each with its reason. What both sides must agree on is in `contract::limits`.

mod sign_in;

pub use sign_in::*;

use std::time::Duration;

/// Bodies of PUTs that are held at once, in bytes. A merge needs several times its body, and the machine is small.
pub const BYTES_IN_FLIGHT_MAX: usize = 128 * 1024 * 1024;

/// Merges and checks of documents that run at once, for requests that were given up as well: so many cores have small
/// machines, and each takes several times its body.
pub const DECODINGS_AT_ONCE: usize = 2;

/// What is said of authors is read at once up to so many bytes: that takes some microseconds, and a turn on the blocking
/// pool longer.
pub const ATTRIBUTION_AT_ONCE_MAX_BYTES: usize = 4 * 1024;

/// Texts that are made at once of what people bring. Apart from merges: who brings a costly one holds up other texts and
/// never an archive.
pub const CONVERSIONS_AT_ONCE: usize = 1;

/// Connections at once. The edge needs a few; what is more waits to be accepted.
pub const CONNECTIONS_MAX: usize = 256;

/// How long the head of a request may take, and how long a connection may be idle between two.
pub const HEAD_READ_MAX: Duration = Duration::from_secs(10);

/// How long a PUT waits for its share of the bytes in flight. Shorter than the edge's own 10 s.
pub const IN_FLIGHT_WAIT_MAX: Duration = Duration::from_secs(3);

/// How long a request may take in all. Longer than the edge waits; what a PUT began is finished even so, and its
/// repetition finds it stored.
pub const REQUEST_MAX: Duration = Duration::from_secs(20);

/// How long one SQL statement may take.
pub const STATEMENT_MAX: Duration = Duration::from_secs(15);

/// How long a transaction waits for a lock, the advisory lock of a case included.
pub const LOCK_WAIT_MAX: Duration = Duration::from_secs(5);

/// How long a transaction may lie idle, a merge on the blocking pool included.
pub const IDLE_TRANSACTION_MAX: Duration = Duration::from_secs(30);

/// How long a request waits for a connection of the pool, and for a new connection to be made.
pub const POOL_WAIT_MAX: Duration = Duration::from_secs(5);

/// How long the requests in flight have at SIGTERM.
pub const DRAIN_MAX: Duration = Duration::from_secs(25);

/// How long what is begun with in the background goes on then: it asks Postgres several times, each of which may take as long as one
/// statement does, and erasing looks through documents for minutes. What it has not committed by then is done by the next host.
pub const BACKGROUND_END_MAX: Duration = Duration::from_secs(15);

/// How long a spent nonce is remembered: the time window on both sides of the signature's time.
pub const NONCE_KEPT_S: u64 = 2 * contract::limits::TIME_WINDOW_S + 1;

/// Spent nonces that are remembered in memory: some 800 requests a second.
pub const NONCES_REMEMBERED_MAX: usize = 100_000;

/// Between two runs of the housekeeping.
pub const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(60);

/// Cases whose history one run of the housekeeping looks at. Each keeps some 70 versions beyond the last hour's.
pub const HOUSEKEEPING_CASES_MAX: i64 = 1_000;

/// Nonces that one run of the housekeeping forgets: more than a minute's requests.
pub const HOUSEKEEPING_NONCES_MAX: i64 = 100_000;

/// How long a session lasts that is used: a week's classes with one signing in.
pub const SESSION_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How long a session lasts that is not used: a day at a library's computer, and not the night.
pub const SESSION_IDLE_MAX: Duration = Duration::from_secs(12 * 60 * 60);

/// States of a case that its owner is shown: a year of them is some 90, and the last hour one every 15 s at most.
pub const VERSIONS_LISTED_MAX: i64 = 400;

/// Earlier states whose comments are counted for one list: all that a case keeps but for those of the last hour. What is counted
/// once is stored.
pub const VERSIONS_COUNTED_AT_ONCE: i64 = 100;

/// Bytes of them behind which no further one is begun with: a class's document is some hundred kilobytes. The current state is not
/// among them, so that however large it is an earlier one is counted with each look that comes to its turn for one.
pub const VERSIONS_COUNTED_BYTES: i64 = 8 * 1024 * 1024;

/// States whose comments are counted at once, each of which takes several times its bytes. Apart from merges: who looks at versions
/// without end holds up others who do, and never an archive.
pub const COUNTINGS_AT_ONCE: usize = 1;

/// How long a list of versions waits for others' counting, and behind which it begins with no further state once it has come to an
/// earlier one, before it is answered without what is not counted yet.
pub const COUNTING_WAIT_MAX: Duration = Duration::from_secs(3);

/// Cases whose current state's comments are remembered: those that owners look at within some minutes.
pub const COUNTED_CASES_MAX: usize = 256;

/// Client tokens of one person on one case that are good at once: a notebook, a script, a few that were forgotten.
pub const CLIENT_TOKENS_MAX: i64 = 16;

/// Client tokens of one person on one case that are issued within 24 h, whatever became of them. Each revoked one is told to
/// the room until it has expired: a few people who make and revoke without end would have everything void for everybody.
pub const CLIENT_TOKENS_A_DAY_MAX: i64 = 64;

/// Client tokens that a list names, the newest ones.
pub const CLIENT_TOKENS_LISTED_MAX: i64 = 500;

/// Client tokens that one run of the housekeeping forgets.
pub const HOUSEKEEPING_CLIENT_TOKENS_MAX: i64 = 10_000;

/// Orders that are sent to the edge at once.
pub const ORDERS_AT_ONCE: usize = 8;

/// How long one order may take. The edge answers a deletion when the object has done it.
pub const ORDER_MAX: Duration = Duration::from_secs(10);

/// How long a claimed order stays with the process that claimed it, should that process die.
pub const ORDER_LEASE: Duration = Duration::from_secs(30);

/// The longest pause between two attempts at one order.
pub const ORDER_PAUSE_MAX: Duration = Duration::from_secs(300);

/// Between two looks at the outbox, when nobody rings.
pub const OUTBOX_EVERY: Duration = Duration::from_secs(1);

/// Between two looks for cases whose projection lags, when nobody rings.
pub const PROJECTION_EVERY: Duration = Duration::from_secs(30);

/// The pause after each look for such cases, so that a ring with every PUT does not become a look with every PUT.
pub const PROJECTION_PAUSE: Duration = Duration::from_millis(500);

/// Cases that are looked up at once for the projection.
pub const PROJECTION_CASES_AT_ONCE: i64 = 16;

/// How long a case that could not be projected waits for its next turn.
pub const PROJECTION_POSTPONED: Duration = Duration::from_secs(60);

/// Cases that wait so at once. When there are more it is Postgres that fails, and all of them wait.
pub const PROJECTION_POSTPONED_MAX: usize = 1_000;

/// Rows that one statement of the projection writes.
pub const PROJECTION_ROWS_AT_ONCE: usize = 2_000;

/// The longest text of a case, in UTF-16 units: some 350,000 words, several times the longest judgments there are.
pub const TEXT_UNITS_MAX: usize = 2 * 1024 * 1024;

/// Blocks of one text. A page makes an element of each; the longest judgments have some 5,000 paragraphs.
pub const BLOCKS_MAX: usize = 50_000;

/// Emphases, references and the like in one text: each is an element of the page as well.
pub const MARKS_MAX: usize = 200_000;

/// Elements of HTML that are open at once; deeper ones lose their tags and keep their text. An HTML parser walks all
/// that are open for nearly every tag, so that time grows with depth times length.
pub const NESTING_MAX: usize = 100;

/// Attributes that are looked at of one tag. An HTML parser compares each with all earlier ones.
pub const ATTRIBUTES_MAX: usize = 100;

/// HTML that Markdown may become, in bytes: several times its own length, since `*a*` becomes `<em>a</em>`; a table can
/// become far more.
pub const MARKUP_BYTES_MAX: usize = 32 * 1024 * 1024;

/// The longest title of a case, in characters: two lines on a wide page.
pub const TITLE_CHARS_MAX: usize = 200;

/// Cases that a list names, the newest ones: more than anybody looks through, in some 200 KB.
pub const CASES_LISTED_MAX: i64 = 500;

/// Classes that one person may have made: a department's, for some years.
pub const CLASSES_OWNED_MAX: i64 = 200;

/// People in a class, those who were invited included: the largest lectures. With the cases of a class it bounds what one
/// change of the class settles.
pub const CLASS_MEMBERS_MAX: usize = 2_000;

/// Cases of a class: several for each week of a year.
pub const CLASS_CASES_MAX: i64 = 200;

/// Sections of a class: with a case for each of them a text still leaves room for others.
pub const CLASS_SECTIONS_MAX: usize = 60;

/// The longest name of a section, in characters.
pub const SECTION_NAME_CHARS_MAX: usize = 100;

/// Groups of one line of a roster that are looked at.
pub const ROSTER_GROUPS_MAX: usize = 20;

/// People on cases whose progress one answer tells, in some megabytes: 250 people on each of 200 cases. Of a larger class it is
/// told of its newest cases.
pub const PROGRESS_TOLD_MAX: usize = 50_000;

/// The longest name of a class, in characters.
pub const CLASS_NAME_CHARS_MAX: usize = 200;

/// Shares and invitations of one case. More people than that are a class.
pub const CASE_SHARES_MAX: i64 = 500;

/// A roster, in bytes: some 10,000 lines as Moodle writes them, and in JSON still within the body of a visit.
pub const ROSTER_BYTES_MAX: usize = 900 * 1024;

/// Lines of a roster; what is beyond is not read.
pub const ROSTER_LINES_MAX: usize = 5_000;

/// Cells of one line of a roster: Moodle writes five, other systems some dozens.
pub const ROSTER_CELLS_MAX: usize = 64;

/// The longest cell of a roster that is looked at, in characters: no name or address is longer.
pub const ROSTER_CELL_CHARS_MAX: usize = 254;

/// Refusals that the report of a roster lists: as many as there can be, of each line, of the one with the columns, and of what
/// is beyond, so that all are mended before the file is sent again.
pub const ROSTER_REFUSALS_MAX: usize = ROSTER_LINES_MAX + 2;

/// Hits of one page of a search.
pub const SEARCH_HITS_A_PAGE: i64 = 20;

/// Pages of a search: who has not found it among a thousand hits should say more words.
pub const SEARCH_PAGES_MAX: i64 = 50;

/// What may be searched for, in characters.
pub const SEARCH_QUERY_CHARS_MAX: usize = 200;

/// Hits of each kind that a search ranks, however many there are.
pub const SEARCH_RANKED_MAX: i64 = 2_000;

/// Cases on which a search finds one person, however many others are called alike: as long as these are not more than
/// [`SEARCH_RANKED_MAX`] allows, all of them are found.
pub const SEARCH_PERSON_HITS_MIN: i64 = 10;

/// How long a search may take: it must not hold up what archives wait for.
pub const SEARCH_MS_MAX: i64 = 3_000;

/// A piece of a text that search finds as one, in UTF-16 units: paragraphs are put together until they are so long.
pub const PASSAGE_UNITS_MIN: usize = 1_000;

/// The longest piece, in UTF-16 units: a longer paragraph is divided. The words of one are far from the megabyte that
/// Postgres takes.
pub const PASSAGE_UNITS_MAX: usize = 8_000;

/// People who are told of one comment: a group that is called together, and no class.
pub const NOTICES_A_COMMENT_MAX: usize = 20;

/// Comments of which people are told when a document's comments are looked at: of what comes all at once, as from a file,
/// nobody wants to be told one by one.
pub const COMMENTS_HEEDED_MAX: usize = 1_000;

/// How far back in a thread those are told who wrote before: a page of it.
pub const ANSWERED_BACK_MAX: usize = 100;

/// People whom one author's comments tell within an hour, however many they write: a tutor who answers everybody in a class.
pub const NOTICES_AN_HOUR_MAX: i64 = 300;

/// Places of a comment that are looked at for a mention.
pub const MENTIONS_LOOKED_AT_MAX: usize = 200;

/// People of a case whom a page offers to mention: those of the largest class.
pub const MENTIONABLE_MAX: i64 = 2_000;

/// Entries of one page of an inbox.
pub const INBOX_PAGE: i64 = 30;

/// What an inbox counts of what is unread; there may be more.
pub const INBOX_COUNTED_MAX: i64 = 100;

/// Entries that one request says are read.
pub const INBOX_READ_MAX: usize = 200;

/// What an entry shows of a comment, in characters.
pub const INBOX_WORDS_CHARS: i32 = 200;

/// How long somebody can look up what they were told.
pub const NOTICES_KEPT_DAYS: i32 = 365;

/// Notices that one run of the housekeeping forgets.
pub const HOUSEKEEPING_NOTICES_MAX: i64 = 10_000;

/// Between two looks for people who are due a mail.
pub const DIGEST_EVERY: Duration = Duration::from_secs(60);

/// Mails of one look: at the pace of a slow server they are sent before the next.
pub const DIGESTS_AT_ONCE: usize = 20;

/// Entries that a mail names; it says how many more there are.
pub const DIGEST_LINES_MAX: usize = 50;

/// Between two looks for what follows from erasing people. In between nothing waits for it but that.
pub const ERASING_EVERY: Duration = Duration::from_secs(2);

/// Cases that one step of it takes: of each all bytes are read.
pub const ERASURE_CASES_AT_ONCE: i64 = 20;

/// Such steps in a row, when all cases are looked through.
pub const ERASURE_LOOKS_AT_ONCE: usize = 20;

/// How long an object that has taken something out may need to archive that before it is told once more.
pub const ERASURE_AGAIN: Duration = Duration::from_secs(60);

/// How long it is kept that somebody who was erased has no role: longer than any token lasts that it makes void.
pub const ERASURE_GRANTS_KEPT: Duration = Duration::from_secs(48 * 60 * 60);

/// What a person is given of their own at once, in bytes: half of what an answer to a visit may be, since in one each quote has
/// another character before it. What does not fit is named, to be asked for by itself.
pub const EXPORT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How often somebody is given it, or one case of it: for each all their documents are read.
pub const EXPORTS: Rate = Rate {
    what: "exports of a person",
    count_max: 200,
    window: Duration::from_secs(60 * 60),
};

/// How often it is looked what is somebody's who is erased, until all of it is locked: each time something was given to them while
/// that was waited for.
pub const ERASING_LOOKS_MAX: usize = 8;

/// Private notes that are erased in one transaction, which takes two locks for each: Postgres has some thousands for all.
pub const NOTES_ERASED_AT_ONCE: i64 = 200;

/// How often so many are erased in one run of the housekeeping: a case of a thousand people is done in the first.
pub const HOUSEKEEPING_NOTES_ERASED_MAX: usize = 10;

/// How often somebody's grant is read to let them in once: the first look notes a use, the second finds it noted, and others may
/// change their class between two.
pub const ADMISSION_LOOKS_MAX: usize = 4;

/// How often somebody says a code for joining a class: one has 60 bits, so this only spares the log and the database who tries all.
pub const JOINS: Rate = Rate {
    what: "joins of a person",
    count_max: 30,
    window: Duration::from_secs(10 * 60),
};

/// Entries of the audit log, client tokens and the like that it lists, each, the newest.
pub const EXPORT_ROWS_MAX: i64 = 2_000;

/// The longest time that a class's cases are kept before they are deleted by themselves, in days: ten years.
pub const RETAIN_DAYS_MAX: i32 = 3_650;

/// Cases that one run of the housekeeping deletes since their time has passed.
pub const HOUSEKEEPING_EXPIRED_MAX: i64 = 50;

/// Texts that one run of the housekeeping divides for search.
pub const HOUSEKEEPING_TEXTS_MAX: i64 = 20;

const _: () = assert!(contract::limits::BODY_BYTES_MAX <= BYTES_IN_FLIGHT_MAX);
const _: () = assert!(contract::limits::CASE_BODY_BYTES_MAX <= contract::limits::BODY_BYTES_MAX);
const _: () = assert!(ORDER_MAX.as_secs() < ORDER_LEASE.as_secs());
const _: () = assert!(REQUEST_MAX.as_secs() < DRAIN_MAX.as_secs());
const _: () = assert!(HEAD_READ_MAX.as_secs() < DRAIN_MAX.as_secs());
const _: () = assert!(BACKGROUND_END_MAX.as_secs() < DRAIN_MAX.as_secs());
const _: () = assert!(ORDER_MAX.as_secs() < BACKGROUND_END_MAX.as_secs());
const _: () = assert!(LOCK_WAIT_MAX.as_secs() < REQUEST_MAX.as_secs());
const _: () = assert!(COUNTING_WAIT_MAX.as_secs() < REQUEST_MAX.as_secs());

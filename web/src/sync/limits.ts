// The client's bounds, each with its reason. Milliseconds and bytes.

/** The room closes a socket that was silent for 60 s; two pings may be lost on the way. */
export const PING_EVERY_MS = 20_000;
/** No answer for so long means that the socket is dead, whatever the browser believes. */
export const PONG_WITHIN_MS = 10_000;
/** A socket or a ticket that takes longer than this will not come. */
export const CALL_WITHIN_MS = 15_000;

/** A lone failure is repeated soon… */
export const RETRY_MIN_MS = 1_000;
/** …and a lasting one does not keep a person waiting for longer than this after it has ended. */
export const RETRY_MAX_MS = 30_000;
/** A deploy closes every socket of a class at once: they come back spread over this. */
export const RETURN_MIN_MS = 500;
export const RETURN_MAX_MS = 5_000;
/** Whoever needs another ticket comes back at once; a whole class, not in the same moment. */
export const TICKET_SPREAD_MS = 500;
/** A network that has come back has come back for the whole class. */
export const ONLINE_SPREAD_MS = 1_000;
/** A connection that lived shorter than this counts as another failure. */
export const STABLE_AFTER_MS = 10_000;

/** A disk that takes longer than this must not keep anybody from the case. */
export const OFFLINE_COPY_WITHIN_MS = 3_000;
/** A tab that closes has written its last change by then. */
export const LEFT_BEHIND_AFTER_MS = 1_000;
/** The room has what others wrote; only own changes are urgent to store. */
export const STORE_OTHERS_WITHIN_MS = 1_000;

/** A cursor that is told more often than this looks no smoother. */
export const PRESENCE_TICK_MS = 150;
/** Shorter losses of the socket should not empty the list of people. */
export const PRESENCE_KEPT_MS = 30_000;
/** After hibernation the room has to ask for everybody's state before it can tell it. */
export const PRESENCE_RETOLD_WITHIN_MS = 10_000;
/** The room closes for good on an entry above 4 KiB. */
export const PRESENCE_STATE_BYTES_MAX = 4_000;
/** As the room's own bound on what one frame may hold. */
export const PRESENCE_ENTRIES_MAX = 10_000;

/** The room takes no larger frame; the platform would cut the socket without a word. */
export const FRAME_BYTES_MAX = 16 * 1024 * 1024;
/** Four times the largest document. What is larger did not come from a room of ours. */
export const RECEIVED_BYTES_MAX = 32 * 1024 * 1024;
/** More than the room puts into one frame by far. */
export const MESSAGES_MAX = 4_096;

/** How often a change is made again after refusals that may have been meant for another one. */
export const TRIES_MAX = 3;
/** So many rebuilds without any success in between mean that the room refuses this client, not a change. */
export const REBUILDS_MAX = 6;
/** The old socket's frames should be through before the new one asks for the document. */
export const REBUILD_PAUSE_MS = 200;
/** Rebuilds closer together than this wait longer each time. */
export const REBUILD_PAUSES_WITHIN_MS = 60_000;

/** How often what makes changes again is fetched in vain before the page has to be reloaded. */
export const REMAKING_TRIES_MAX = 3;

/** After this part of the time an authority is renewed: what is left is for a host that is away for minutes. */
export const RENEW_AFTER = 2 / 3;
/** A class that has come together does not ask together; as a part of the time too. */
export const RENEW_SPREAD = 0.1;
/** A renewal that fails is tried again; less often while the host is away, so that it can come back. */
export const RENEW_PAUSE_MS = 10_000;
export const RENEW_PAUSE_MAX_MS = 60_000;
/** A repair question costs the room a whole answer, of which it gives two in 10 s. */
export const REPAIR_PAUSE_MS = 10_000;

/** Acknowledged changes that wait for the archive are told apart up to this number. */
export const ACKNOWLEDGED_MAX = 1_000;
/** The copy is rewritten as one when it has grown to so many pieces. */
export const PIECES_MAX = 300;

// What the page and the sync client say to each other, and what the client asks of the world around it. Types only.

import type * as Y from 'yjs';

import type { OfflineStore } from './offline_store.ts';
import type { Operation } from './operations.ts';
import type { lostChanges, replay } from './replay.ts';

/** How the client stands with the room. */
export type SyncState =
  /** No socket is open yet; the offline copy may still be loading. */
  | { state: 'connecting' }
  /** A socket is open, the room has not given the document yet. */
  | { state: 'opening' }
  /** The document is here and edits travel at once. */
  | { state: 'live' }
  /** The next attempt begins at `until` (epoch milliseconds); Infinity while nobody looks at the page. */
  | { state: 'waiting'; until: number; code: number | null }
  /** The room, or the client, has ended it for good. */
  | { state: 'closed'; code: number; reason: string };

/** Where the local changes are. A change is one Yjs transaction. */
export type SavedState = {
  /** Local changes that the room has not journaled yet, as far as is known. */
  unsaved: number;
  /** Whether something of this client may not have reached the database. True whenever `unsaved` is not 0. */
  unarchived: boolean;
  /** Whether the document and all unsaved changes survive a reload. */
  storedLocally: boolean;
};

export type Conditions = { nearlyFull: boolean; hostFailing: boolean; degraded: boolean };

export type RefusalReason = 'too_large' | 'not_allowed' | 'malformed';

/** What a person may do in a case. Each role may do what those before it may. */
export type Role = 'none' | 'read' | 'comment' | 'annotate' | 'own';

/** What this client may do, as far as is known. */
export type Access = {
  /** As a ticket has said, or before there is one, as was last known; null while it is not known. */
  role: Role | null;
  /** When that ends unless it is renewed, by the clock of this device; null until a ticket has said it. */
  until: number | null;
  /** Whether the host gave no ticket when it was last asked for one: nobody new gets in, and nothing is renewed. */
  isHostAway: boolean;
};

/** What is said to whoever asks for a ticket. */
export type TicketAnswer =
  /** It lets this person in, once and soon; from now on the role lasts so long. */
  | { token: string; role: Role; lastsMs: number }
  /** There is nothing that this person may do here. */
  | 'denied'
  | 'signed_out'
  /** The host is away. */
  | 'unavailable';

/** By what one comes back while the host is away: a token of the room's, and until when it is good for what. */
export type WayBack = { token: string; role: Role; until: number };

/** Where tickets come from. */
export type Tickets = {
  /** Asks for a fresh one; rejects if not even the edge can be reached. */
  ask(): Promise<TicketAnswer>;
  /** What was kept of an earlier page in the same place. None of these throws. */
  recall(): WayBack | null;
  keep(way: WayBack | null): void;
  /** The same of an earlier page in the same browser. */
  recallRole(): Role | null;
  keepRole(role: Role | null): void;
};

/** Something that a person wrote and the room did not take, in a form that can be shown and copied. */
export type LostChange = {
  /** Name of the root: `comments`, `highlights`, `notes`… */
  root: string;
  /** Key of the entry under the root; null for a root that is a text. */
  id: string | null;
  /** What was written into the entry. */
  fields: Readonly<Record<string, unknown>>;
  /** What was inserted into a text. */
  text: string;
  /** Whether something was to be deleted. */
  deletes: boolean;
};

/**
 * Something could not be kept. The document was built anew (`documentReplaced` was called before, and may be called
 * without this, when nothing is lost). `replayed` changes of the time around it were made again.
 */
export type Refusal = { reason: RefusalReason; words: string; lost: LostChange[]; replayed: number };

/** What the page is told. The client is in a sound state at every call, and may be called back. */
export type SyncListener = {
  stateChanged(state: SyncState): void;
  savedChanged(saved: SavedState): void;
  conditionsChanged(conditions: Conditions): void;
  accessChanged(access: Access): void;
  /** Somebody came, went or changed; or this client's own id did. */
  peopleChanged(): void;
  refused(refusal: Refusal): void;
  /** `doc` takes the place of the document so far, complete and with what was replayed. The old one is destroyed after the call. */
  documentReplaced(doc: Y.Doc): void;
};

/** One socket. `send` and `close` never throw, whatever its state. */
export type Socket = { send(data: Uint8Array | string): void; close(code: number, reason: string): void };

export type SocketEvents = {
  opened(): void;
  received(data: Uint8Array | string): void;
  /** Called once; nothing follows. */
  closed(code: number, reason: string): void;
};

export type SocketFactory = (address: string, protocols: string[], events: SocketEvents) => Socket;

/** Time. `after` gives the function that cancels. */
export type Clock = { now(): number; after(milliseconds: number, action: () => void): () => void };

/** What the browser says about itself. */
export type Surroundings = {
  isVisible(): boolean;
  /** Gives the function that ends watching. */
  watch(told: (what: 'online' | 'offline' | 'visible') => void): () => void;
};

/** How tabs of one browser reach each other. */
export type Siblings = { tell(message: SiblingMessage): void; close(): void };
export type SiblingMessage =
  /** The copy was begun anew, without what the room has refused. */
  | 'rebuilt'
  /** The person has signed out: nothing is to be kept. */
  | 'forgotten'
  /** A tab has closed and left unsaved changes in the copy. */
  | 'left';
export type SiblingsFactory = (name: string, told: (message: SiblingMessage) => void) => Siblings;

/** Makes changes again: `replay.ts`, and what is to be made again by whom. */
export type Remaking = {
  replay: typeof replay;
  lostChanges: typeof lostChanges;
  /** Whether the room would take an operation from this person, as the document is now. */
  isPermitted(doc: Y.Doc, operation: Operation, who: { role: Role; userId: string }): boolean;
};

export type SyncOptions = {
  caseId: string;
  user: { id: string; name: string };
  /** Origin and path of the rooms: `wss://host/sync`. */
  address: string;
  listener: SyncListener;
  /** Fetches what makes changes again, when the room has refused one; asked anew after a failure. */
  remaking: () => Promise<Remaking>;
  /** Null: nothing is kept beyond this page. Absent: IndexedDB. */
  offline?: OfflineStore | null;
  open?: SocketFactory;
  clock?: Clock;
  random?: () => number;
  surroundings?: Surroundings;
  siblings?: SiblingsFactory;
  tickets: Tickets;
};

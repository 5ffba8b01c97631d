// The names in an exported file: W3C Web Annotation (https://www.w3.org/TR/annotation-model/) with a few terms of our own.
//
// What is ours carries the prefix `glossator:`, so that other tools can leave it aside. Ids are IRIs: a UUID is
// `urn:uuid:…`, an IRI stays itself, anything else and every user is escaped below `urn:glossator:`.

/** The context of an exported file. */
export const CONTEXT = ['http://www.w3.org/ns/anno.jsonld', { glossator: 'urn:glossator:ns#' }] as const;
/** Raised when a reader of the older format would be wrong about the newer one. */
export const FORMAT = 1;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const OTHER_ID = 'urn:glossator:id:';
const USER = 'urn:glossator:user:';
const TEXT = 'urn:sha256:';

/** The IRI of a highlight, comment, tag or group. */
export function iriOf(id: string): string {
  if (UUID.test(id)) {
    return `urn:uuid:${id}`;
  }
  const isIri = /^[a-z][a-z0-9+.-]*:[!#$%&'()*+,./0-9:;=?@A-Z_a-z~-]+$/.test(id);
  const isOurs = id.startsWith('urn:uuid:') || id.startsWith(OTHER_ID);
  return isIri && !isOurs ? id : OTHER_ID + encodeURIComponent(id);
}

/** The id behind an IRI: the inverse of `iriOf`, and for IRIs of other tools the IRI itself. */
export function idOf(iri: string): string {
  if (iri.startsWith('urn:uuid:') && UUID.test(iri.slice(9))) {
    return iri.slice(9);
  }
  return (iri.startsWith(OTHER_ID) ? unescaped(iri.slice(OTHER_ID.length)) : null) ?? iri;
}

export function userIri(id: string): string {
  return USER + encodeURIComponent(id);
}

/** The user behind an IRI; null if it is not one of ours. */
export function userOf(iri: string): string | null {
  return iri.startsWith(USER) ? unescaped(iri.slice(USER.length)) : null;
}

/** The IRI of a text with this SHA-256, in hexadecimal digits. */
export function textIri(hash: string): string {
  return TEXT + hash;
}

function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

// Where lists and heads of cases come from: the edge, and the samples of this very page where the edge cannot answer.

import { decodeHead } from '../../text/fetch_cases.ts';
import type { Answer, CaseHead, Fetch } from '../../text/fetch_cases.ts';
import { fetchCases } from '../../text/fetch_list.ts';
import type { ListedCase } from '../../text/fetch_list.ts';
import { headKey, recall } from '../base/stored.ts';

/**
 * All cases; only the samples where the stored ones are for people who are signed in, or, and why, where they cannot be
 * asked for.
 */
export type CaseList = { cases: readonly ListedCase[]; trouble: string | null; isSignedOut: boolean };

/** Asks for the list. Never throws. */
export async function listCases(): Promise<Answer<CaseList>> {
  const answer = await fetchCases();
  if (answer.answer === 'found') {
    return { ...answer, trouble: answer.isIncomplete ? 'the store of cases cannot be reached at the moment' : null, isSignedOut: false };
  }
  const samples = await fetchCases(askForSamples);
  const isSignedOut = answer.answer === 'signed_out';
  const trouble = answer.answer === 'unreadable' ? answer.why : isSignedOut ? null : 'the server has no list of them';
  return samples.answer === 'found' ? { ...samples, trouble, isSignedOut } : answer;
}

/**
 * The head of a case where the edge cannot say it: as it was when this browser last read it, for it never changes, or of a
 * sample, which is part of this page.
 */
export async function findHeadHere(id: string): Promise<CaseHead | null> {
  const kept = readKeptHead(recall(headKey(id)));
  if (kept !== null) {
    return kept;
  }
  const samples = await fetchCases(askForSamples);
  return samples.answer === 'found' ? (samples.cases.find((sample) => sample.id === id) ?? null) : null;
}

/** Null for anything that is no head. */
export function readKeptHead(stored: string | null): CaseHead | null {
  try {
    const { createdAt, names, ...head } = JSON.parse(stored ?? 'null') as Record<string, unknown>;
    return decodeHead({ ...head, created_at: createdAt, ...(names === true ? { names } : {}) });
  } catch {
    return null;
  }
}

/** The samples lie beside the page as a bare list. */
const askForSamples: Fetch = async (_address, options) => {
  const response = await fetch('/cases/index.json', options);
  const list: unknown = await response.json();
  return Array.isArray(list) ? Response.json({ cases: list }, { status: response.status }) : response;
};

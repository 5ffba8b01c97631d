// Where lists and heads of cases come from: the edge, and the samples of this very page where the edge cannot answer.

import type { Answer, CaseHead, Fetch } from '../../text/fetch_cases.ts';
import { fetchCases } from '../../text/fetch_list.ts';

/** All cases; only the samples, and why, where the stored ones cannot be asked for. */
export type CaseList = { cases: readonly CaseHead[]; trouble: string | null };

/** Asks for the list. Never throws. */
export async function listCases(): Promise<Answer<CaseList>> {
  const answer = await fetchCases();
  if (answer.answer === 'found') {
    return { ...answer, trouble: answer.isIncomplete ? 'the store of cases cannot be reached at the moment' : null };
  }
  const samples = await fetchCases(askForSamples);
  const trouble = answer.answer === 'unreadable' ? answer.why : 'the server has no list of them';
  return samples.answer === 'found' ? { ...samples, trouble } : answer;
}

/** The head of a sample, which is part of this page and can be read even where stored cases cannot be asked for. */
export async function findSample(id: string): Promise<CaseHead | null> {
  const samples = await fetchCases(askForSamples);
  return samples.answer === 'found' ? (samples.cases.find((sample) => sample.id === id) ?? null) : null;
}

/** The samples lie beside the page as a bare list. */
const askForSamples: Fetch = async (_address, options) => {
  const response = await fetch('/cases/index.json', options);
  const list: unknown = await response.json();
  return Array.isArray(list) ? Response.json({ cases: list }, { status: response.status }) : response;
};

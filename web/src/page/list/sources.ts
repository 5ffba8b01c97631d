// Where lists and heads of cases come from: the edge, and the samples of this very page where the edge cannot answer.

import { fetchCaseHead, fetchCases } from '../../text/fetch_cases.ts';
import type { Answer, CaseHead, Fetch } from '../../text/fetch_cases.ts';

/** All cases; only the samples, and why, where the stored ones cannot be asked for. */
export type CaseList = { cases: readonly CaseHead[]; trouble: string | null };

/** Asks for the list. Never throws. */
export async function listCases(): Promise<Answer<CaseList>> {
  const answer = await fetchCases();
  if (answer.answer === 'found') {
    return { ...answer, trouble: null };
  }
  const samples = await fetchCases(askForSamples);
  const trouble = answer.answer === 'unreadable' ? answer.why : 'the server has no list of them';
  return samples.answer === 'found' ? { ...samples, trouble } : answer;
}

/** Asks for the head of one case. Never throws. */
export async function findHead(id: string): Promise<Answer<{ head: CaseHead }>> {
  const answer = await fetchCaseHead(id);
  if (answer.answer !== 'unreadable') {
    return answer;
  }
  // A sample is part of this page and can be read even where stored cases cannot be asked for.
  const samples = await fetchCases(askForSamples);
  const head = samples.answer === 'found' ? samples.cases.find((sample) => sample.id === id) : undefined;
  return head === undefined ? answer : { answer: 'found', head };
}

/** The samples lie beside the page as a bare list. */
const askForSamples: Fetch = async (_address, options) => {
  const response = await fetch('/cases/index.json', options);
  const list: unknown = await response.json();
  return Array.isArray(list) ? Response.json({ cases: list }, { status: response.status }) : response;
};

// The states of classes, cases and boards.

export const CASE_STATES = ['open', 'locked', 'archived'] as const;
export type CaseState = (typeof CASE_STATES)[number];

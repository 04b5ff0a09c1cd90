import { ApiError, isOffline } from '@sotto/client';
import type { CloseReason, Permission } from '@sotto/protocol';
import { MutationCache, QueryCache, QueryClient, queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../api';

/** Why the panel went back to the sign-in page: what the server said, or what only this page knows. */
export type EndReason = z.infer<typeof CloseReason> | 'ended-elsewhere' | 'unfinished' | 'password-set';

const listeners = new Set<(reason: EndReason) => void>();

export function onSessionEnd(listener: (reason: EndReason) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function endSession(reason: EndReason): void {
  for (const listener of listeners) listener(reason);
}

let renewal: Promise<unknown> = Promise.resolve();

/**
 * For calls after which this browser goes on under another session: the old one ends before the answer has brought the new
 * cookie, and whoever notices that waits for it.
 */
export function renewing<T>(call: () => Promise<T>): Promise<T> {
  const made = call();
  renewal = made.catch(() => undefined);
  return made;
}

/** Somebody noticed that the session may be over. Asks the server; answers whether work can go on. */
export async function doubtSession(reason: EndReason): Promise<boolean> {
  await renewal;
  try {
    queries.setQueryData(meQuery.queryKey, await api.me());
    return true;
  } catch (error) {
    const end = endOf(error, reason);
    if (end) endSession(end);
    return end === null;
  }
}

/** What a refusal says about the session as a whole; null when it says nothing. */
function endOf(error: unknown, reason: EndReason): EndReason | null {
  switch (error instanceof ApiError ? error.code : null) {
    case 'auth.required':
      return reason;
    case 'auth.second-factor-required':
    case 'auth.enrolment-required':
      return 'access-changed';
    case 'address.refused':
      return 'address-refused';
    default:
      return null;
  }
}

function watch(error: unknown): void {
  if (endOf(error, 'expired')) void doubtSession('expired');
}

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: watch }),
  mutationCache: new MutationCache({ onError: watch }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // A refusal stays a refusal; only a missing answer is worth asking for again.
      retry: (failures, error) => isOffline(error) && failures < 2,
    },
    mutations: { retry: false },
  },
});

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => api.me(signal), staleTime: 300_000 });
export const signInStateQuery = queryOptions({
  queryKey: ['sign-in'],
  queryFn: ({ signal }) => api.signInState(signal),
  staleTime: 0,
});
export const signInMethodsQuery = queryOptions({ queryKey: ['sign-in-methods'], queryFn: ({ signal }) => api.signInMethods(signal) });
/** A secret is made once per visit of the page; asking again would make another. */
export const enrolmentQuery = queryOptions({
  queryKey: ['enrolment'],
  queryFn: () => api.beginTotp(),
  staleTime: Infinity,
  gcTime: 0,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
});
export const setupQuery = queryOptions({ queryKey: ['setup'], queryFn: ({ signal }) => api.setupState(signal), staleTime: 0 });
export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: ({ signal }) => api.members({ limit: 100 }, signal),
  staleTime: 300_000,
});

/** What was learnt as a member leaves the page; what the pages before signing in ask stays, for they are shown by now. */
export function forgetAnswers(): void {
  const front: readonly unknown[] = [setupQuery, signInStateQuery, signInMethodsQuery, enrolmentQuery].map(({ queryKey }) => queryKey[0]);
  queries.removeQueries({ predicate: ({ queryKey }) => !front.includes(queryKey[0]) });
  queries.getMutationCache().clear();
}

export const useMe = () => useSuspenseQuery(meQuery).data;
export const useMay = (permission: Permission): boolean => useMe().permissions.includes(permission);

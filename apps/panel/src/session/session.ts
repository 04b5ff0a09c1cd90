import { ApiError, isOffline } from '@sotto/client';
import type { CloseReason, Permission } from '@sotto/protocol';
import { MutationCache, QueryCache, QueryClient, queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../api';

/** Why the panel went back to the sign-in page. */
export type EndReason = z.infer<typeof CloseReason>;

const listeners = new Set<(reason: EndReason) => void>();

export function onSessionEnd(listener: (reason: EndReason) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function endSession(reason: EndReason): void {
  for (const listener of listeners) listener(reason);
}

function watch(error: unknown): void {
  if (error instanceof ApiError && error.code === 'auth.required') endSession('expired');
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
export const setupQuery = queryOptions({ queryKey: ['setup'], queryFn: ({ signal }) => api.setupState(signal), staleTime: 0 });
export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: ({ signal }) => api.members({ limit: 100 }, signal),
  staleTime: 300_000,
});

export const useMe = () => useSuspenseQuery(meQuery).data;
export const useMay = (permission: Permission): boolean => useMe().permissions.includes(permission);

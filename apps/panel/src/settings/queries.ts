import { queryOptions } from '@tanstack/react-query';
import { api } from '../api';

export const inboxesQuery = queryOptions({ queryKey: ['inboxes'], queryFn: ({ signal }) => api.inboxes({ limit: 100 }, signal) });

export const inboxQuery = (id: string) => queryOptions({ queryKey: ['inboxes', id], queryFn: ({ signal }) => api.inbox(id, signal) });

export const policiesQuery = queryOptions({ queryKey: ['policies'], queryFn: ({ signal }) => api.policies({ limit: 100 }, signal) });

export const policyQuery = (id: string) => queryOptions({ queryKey: ['policies', id], queryFn: ({ signal }) => api.policy(id, signal) });

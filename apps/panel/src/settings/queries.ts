import { queryOptions } from '@tanstack/react-query';
import { api } from '../api';

export const inboxesQuery = queryOptions({ queryKey: ['inboxes'], queryFn: ({ signal }) => api.inboxes({ limit: 100 }, signal) });

export const inboxQuery = (id: string) => queryOptions({ queryKey: ['inboxes', id], queryFn: ({ signal }) => api.inbox(id, signal) });

export const policiesQuery = queryOptions({ queryKey: ['policies'], queryFn: ({ signal }) => api.policies({ limit: 100 }, signal) });

export const policyQuery = (id: string) => queryOptions({ queryKey: ['policies', id], queryFn: ({ signal }) => api.policy(id, signal) });

export const rolesQuery = queryOptions({ queryKey: ['roles'], queryFn: ({ signal }) => api.roles(signal) });

export const teamsQuery = queryOptions({ queryKey: ['teams'], queryFn: ({ signal }) => api.teams(signal) });

export const securityQuery = queryOptions({ queryKey: ['security'], queryFn: ({ signal }) => api.security(signal) });

export const ssoQuery = queryOptions({ queryKey: ['sso'], queryFn: ({ signal }) => api.sso(signal) });

export const mailQuery = queryOptions({ queryKey: ['mail'], queryFn: ({ signal }) => api.mail(signal) });

export const tokensQuery = queryOptions({ queryKey: ['api-tokens'], queryFn: ({ signal }) => api.apiTokens(signal) });

import { queryOptions } from '@tanstack/react-query';
import { api } from '../api';
import { membersQuery, meQuery, queries } from '../session/session';

export const secondFactorQuery = queryOptions({ queryKey: ['second-factor'], queryFn: ({ signal }) => api.secondFactor(signal) });
export const sessionsQuery = queryOptions({ queryKey: ['sessions'], queryFn: ({ signal }) => api.sessions(signal), staleTime: 0 });
export const signInsQuery = queryOptions({ queryKey: ['sign-ins'], queryFn: ({ signal }) => api.signIns(signal), staleTime: 0 });

const refresh = (...known: readonly { queryKey: readonly unknown[] }[]) =>
  Promise.all(known.map(({ queryKey }) => queries.invalidateQueries({ queryKey })));

/** After a change the member is shown anew wherever they are shown. */
export const refreshMe = () => refresh(meQuery, membersQuery);
/** A change of second factors ends other sessions, too. */
export const refreshSecurity = () => refresh(meQuery, membersQuery, secondFactorQuery, sessionsQuery);

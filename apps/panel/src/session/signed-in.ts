import type { LoginAnswer } from '@sotto/protocol';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { api } from '../api';
import { meQuery, queries, signInStateQuery } from './session';

/** Goes where the answer of a sign-in leads: into the panel, to the second factor, or to setting one up. */
export function useSignedIn(to?: string): (answer: LoginAnswer) => Promise<void> {
  const navigate = useNavigate();
  const router = useRouter();
  return async (answer) => {
    if ('enrolment' in answer) {
      queries.setQueryData(signInStateQuery.queryKey, { stage: 'enrolment', secondFactor: [] });
      return navigate({ to: '/enrol', search: { to }, replace: true });
    }
    if ('secondFactor' in answer) {
      // Which ones this member has, the server says now that the password was right.
      const asked = { stage: 'second-factor' as const, secondFactor: answer.secondFactor };
      queries.setQueryData(signInStateQuery.queryKey, await api.signInState().catch(() => asked));
      return navigate({ to: '/login', search: { to }, replace: true });
    }
    queries.setQueryData(meQuery.queryKey, answer);
    queries.removeQueries({ queryKey: signInStateQuery.queryKey });
    router.history.push(to ?? '/inbox/open');
  };
}

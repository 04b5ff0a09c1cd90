import { useQuery } from '@tanstack/react-query';
import { signInStateQuery } from './session';
import { PasswordStep } from './password-step';
import { SecondStep } from './second-step';

/** The first half of signing in, or the second where the first is done; a reload stays where it was. */
export function LoginPage() {
  // The route has asked already.
  const { data } = useQuery({ ...signInStateQuery, enabled: false });
  return data?.stage === 'second-factor' ? <SecondStep ways={data.secondFactor} /> : <PasswordStep />;
}

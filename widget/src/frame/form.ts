import type { NewVisitorSession, WidgetConfig } from '@sotto/protocol';

/** What the visitor has agreed to and filled in so far; survives a look at the policy. */
export interface Form {
  agreed: boolean;
  optional: string[];
  name: string;
  email: string;
}

export const EMPTY: Form = { agreed: false, optional: [], name: '', email: '' };

/** The form as it is sent. `website` is what a program wrote where no person can. */
export function filledIn(form: Form, { key, policy }: WidgetConfig, website: string): NewVisitorSession {
  const name = form.name.trim();
  const email = form.email.trim();
  return {
    inboxKey: key,
    consent: {
      policyId: policy.id,
      policyVersion: policy.version,
      purposes: policy.purposes.filter(({ id, required }) => required || form.optional.includes(id)).map(({ id }) => id),
      language: policy.language,
    },
    ...((name || email) && { contact: { ...(name && { name }), ...(email && { email }) } }),
    ...(website && { website }),
  };
}

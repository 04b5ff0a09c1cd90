import type { Language, Purpose } from '@sotto/protocol';

/** A version of a policy while it is being written. */
export interface PolicyValues {
  texts: Record<Language, string>;
  url: string;
  purposes: Purpose[];
}

import type { Notice, NoticeData } from '@sotto/platform';
import type { Frame, Letter } from '../letter.js';

/** Where and to whom a letter goes. Names in it are inert. */
export interface Occasion {
  /** Origin of this installation. */
  url: string;
  account: string;
  name: string;
}

/** Everything that is said in one language. */
export interface Words {
  frame(occasion: Occasion): Frame;
  letters: { [N in Notice]: (data: NoticeData[N], occasion: Occasion) => Letter };
}

/** A moment in a language's own way, in UTC. */
export const moment = (language: string, at: string): string =>
  `${new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(at))} UTC`;

/** Links whose token stands behind the number sign, so that no server writes it into its log. */
export const resetLink = ({ url }: Occasion, token: string): string => `${url}/reset#${encodeURIComponent(token)}`;
export const joinLink = ({ url }: Occasion, token: string): string => `${url}/join#${encodeURIComponent(token)}`;

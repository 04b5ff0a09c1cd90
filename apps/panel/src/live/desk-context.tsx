import type { Me } from '@sotto/protocol';
import { createContext, use } from 'react';
import { Desk } from './desk';

let current: Desk | undefined;

/** One desk per member: after a session has ended, the same person finds unsent messages and drafts again. */
export function deskFor(me: Me): Desk {
  if (current?.me.member.id !== me.member.id) current = new Desk(me);
  return current;
}

/** After signing out nothing of the person's work stays in the page. */
export function forgetDesk(): void {
  current?.stop();
  current = undefined;
}

const Context = createContext<Desk | null>(null);
export const DeskProvider = Context.Provider;

export function useDesk(): Desk {
  const desk = use(Context);
  if (!desk) throw new Error('There is no desk outside the signed-in part of the panel');
  return desk;
}

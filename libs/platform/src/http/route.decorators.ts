import { SetMetadata, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '@sotto/kernel';
import { ApiResponse } from '@nestjs/swagger';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Permission, SessionStage } from '@sotto/protocol';

const ERRORLESS = 'It worked';

export const RULE = 'sotto:rule';

/** What a route or socket event asks of its caller. */
export type Rule = { allow: Permission } | { public: string } | { signedIn: true; stages: readonly SessionStage[]; tokens: boolean };

/** The caller's role must hold this permission. */
export const Allow = (permission: Permission) => SetMetadata(RULE, { allow: permission } satisfies Rule);
/**
 * Any signed-in member, whatever the role: for what concerns only themselves. `stages`: also somebody whose sign-in has only
 * come so far; `tokens`: also a program.
 */
export const SignedIn = ({ stages = ['full'], tokens = false }: { stages?: readonly SessionStage[]; tokens?: boolean } = {}) =>
  SetMetadata(RULE, { signedIn: true, stages, tokens } satisfies Rule);
/** Anybody, and why that is right. */
export const Public = (reason: string) => SetMetadata(RULE, { public: reason } satisfies Rule);

export const STEP_UP = 'sotto:step-up';
/** Beside the rule: the caller must have proved within the last minutes who they are. Never for programs. */
export const StepUp = () => SetMetadata(STEP_UP, true);

export const SHOWN_ONCE = 'sotto:shown-once';
/** The answer holds a secret, which is kept nowhere: sent again with the same Idempotency-Key, the request is refused. */
export const ShownOnce = () => SetMetadata(SHOWN_ONCE, true);

/** Where the guard leaves the actor on a request. */
export interface WithActor {
  actor?: Actor;
}

/** The actor the guard found. Only on routes that are not public. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const source =
    context.getType() === 'ws'
      ? context.switchToWs().getClient<{ data: WithActor }>().data
      : context.switchToHttp().getRequest<WithActor>();
  if (!source.actor) throw new Error('A route without an actor asked for one');
  return source.actor;
});

/** Names the shape and the status of the answer, for the OpenAPI document. */
export const Answers = (schema: StandardSchemaV1, status = 200) => ApiResponse({ status, standardSchema: schema, description: ERRORLESS });

import type { AckError, ErrorCode, FieldError, Problem } from '@sotto/protocol';

/** `network`: no answer came back. `timeout`: none came in time; the call may have taken effect. */
export type FailureCode = ErrorCode | 'network' | 'timeout';

/** Why a call failed, over HTTP or the socket. `status` is 0 where there is no HTTP answer; `retryAfter` in seconds. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: FailureCode,
    readonly detail: string,
    readonly status = 0,
    readonly errors: readonly FieldError[] = [],
    readonly retryAfter?: number,
  ) {
    super(detail);
  }

  static fromProblem(problem: Partial<Problem>, status: number): ApiError {
    return new ApiError(
      (problem.code as ErrorCode | undefined) ?? (status >= 500 ? 'internal' : 'input.invalid'),
      problem.detail ?? problem.title ?? `The server answered ${status}`,
      status,
      problem.errors,
      problem.retryAfter,
    );
  }

  static fromAck({ error }: AckError): ApiError {
    return new ApiError(error.code, error.message, 0, error.errors, error.retryAfter);
  }
}

/** The connection, not the server, is to blame: the same call may be made again once there is one. */
export const isOffline = (error: unknown): boolean => error instanceof ApiError && (error.code === 'network' || error.code === 'timeout');

/** The server asks for patience: the same call will do later. */
export const isBusy = (error: unknown): error is ApiError =>
  error instanceof ApiError && (error.code === 'rate.limited' || error.code === 'overloaded' || error.code === 'not-ready');

/** Nothing can be sent until somebody signs in or consents again. */
export const needsPerson = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === 'auth.required' || error.code.startsWith('consent.'));

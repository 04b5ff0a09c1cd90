import { ERRORS, type ErrorCode, type FieldError } from '@sotto/protocol';

/** An error meant for the caller. Everything else a caller may see is `internal`. */
export class AppError extends Error {
  readonly status: number;
  readonly title: string;

  constructor(
    readonly code: ErrorCode,
    /** What happened and what to do, in a sentence. Never holds personal data. */
    detail?: string,
    readonly extra: { errors?: FieldError[]; retryAfter?: number } = {},
  ) {
    const [status, title] = ERRORS[code];
    super(detail ?? `${title}.`);
    this.name = 'AppError';
    this.status = status;
    this.title = title;
  }
}

export const notFound = (): AppError => new AppError('not-found');

import { HttpException, Logger } from '@nestjs/common';
import { AppError } from '@sotto/kernel';
import type { AckError, Problem } from '@sotto/protocol';

const log = new Logger('Errors');

/** How Express and its middlewares (body, static files, router) refuse a request: an error with a status below 500. */
interface Refusal {
  status: number;
}
const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500;

function toRefused(status: number): AppError {
  if (status === 404) return new AppError('not-found');
  if (status === 413) return new AppError('payload.too-large');
  return new AppError('input.malformed');
}

/**
 * What the caller is told. Only `AppError` speaks for itself; anything unforeseen is logged here and
 * becomes `internal`, so that no stack, query or value leaves the server.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HttpException) {
    const status = error.getStatus();
    if (status === 503) return new AppError('overloaded');
    if (status < 500) return toRefused(status);
  }
  if (error instanceof URIError) return new AppError('input.malformed', 'The address is not valid.');
  if (isRefusal(error)) return toRefused(error.status);
  log.error(error instanceof Error ? (error.stack ?? error.message) : 'A value that is not an error was thrown');
  return new AppError('internal');
}

export const toProblem = (error: AppError): Problem => ({
  type: `urn:sotto:error:${error.code}`,
  title: error.title,
  status: error.status,
  code: error.code,
  detail: error.message,
  ...error.extra,
});

export const toAckError = (error: AppError): AckError => ({
  ok: false,
  error: { code: error.code, message: error.message, ...error.extra },
});

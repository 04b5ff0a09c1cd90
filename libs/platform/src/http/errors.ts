import { HttpException, Logger } from '@nestjs/common';
import { AppError } from '@sotto/kernel';
import type { AckError, Problem } from '@sotto/protocol';

const log = new Logger('Errors');

interface BodyParserError {
  type: string;
  status: number;
}
const isBodyParserError = (error: unknown): error is BodyParserError =>
  error instanceof Error && 'type' in error && typeof error.type === 'string' && 'status' in error && typeof error.status === 'number';

/**
 * What the caller is told. Only `AppError` speaks for itself; anything unforeseen is logged here and
 * becomes `internal`, so that no stack, query or value leaves the server.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isBodyParserError(error)) {
    return error.status === 413 ? new AppError('payload.too-large') : new AppError('input.malformed', 'The body is not valid JSON.');
  }
  if (error instanceof HttpException) {
    const status = error.getStatus();
    if (status === 404) return new AppError('not-found');
    if (status === 413) return new AppError('payload.too-large');
    if (status === 503) return new AppError('overloaded');
    if (status < 500) return new AppError('input.malformed');
  }
  if (error instanceof URIError) return new AppError('input.malformed', 'The address is not valid.');
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

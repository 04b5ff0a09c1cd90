import { ApiError, isOffline } from '@sotto/client';
import type { TFunction } from 'i18next';

/** What happened and what to do, for a person. */
export function failureText(t: TFunction, error: unknown): string {
  if (!(error instanceof ApiError)) return t('errors.server');
  if (isOffline(error)) return t('errors.offline');
  switch (error.code) {
    case 'rate.limited':
      return t('errors.rateLimited', { count: Math.ceil(error.retryAfter ?? 60) });
    case 'overloaded':
    case 'not-ready':
      return t('connection.busy');
    case 'step-up.required':
      return t('stepUp.notDone');
    case 'permission.denied':
      return t('errors.notAllowed');
    case 'not-found':
      return t('errors.notFound');
    case 'internal':
      return t('errors.server');
    default:
      return error.errors[0]?.message ?? error.detail;
  }
}

/** Messages by field path, as forms take them. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(error.errors.filter(({ path }) => path !== '').map(({ path, message }) => [path, message]));
}

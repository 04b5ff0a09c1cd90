import { ApiError } from '@sotto/client';
import { NewPassword } from '@sotto/protocol';
import type { TFunction } from 'i18next';

export const passwordCheck =
  (t: TFunction) =>
  (value: string): string | null => {
    if (NewPassword.safeParse(value).success) return null;
    return value.length > 128 ? t('password.long') : t('password.short', { count: 12 - value.length });
  };

export const isWeak = (error: unknown): boolean => error instanceof ApiError && error.code === 'password.weak';
export const isLinkInvalid = (error: unknown): boolean => error instanceof ApiError && error.code === 'auth.link-invalid';

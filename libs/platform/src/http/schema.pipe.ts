import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { AppError } from '@sotto/kernel';
import type { FieldError } from '@sotto/protocol';

type Schema = NonNullable<ArgumentMetadata['schema']>;
type Issue = Extract<Awaited<ReturnType<Schema['~standard']['validate']>>, { issues: readonly unknown[] }>['issues'][number];

/** Most wrong fields named in one answer. */
const MAX_ERRORS = 20;

const fieldError = (issue: Issue): FieldError => ({
  path: (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
  message: issue.message,
});

/** Checks what a caller sent against a schema. Throws `input.invalid` naming each wrong field. */
export async function check<S extends Schema>(schema: S, value: unknown): Promise<unknown> {
  const result = await schema['~standard'].validate(value);
  if (!result.issues) return result.value;
  const errors = result.issues.slice(0, MAX_ERRORS).map(fieldError);
  throw new AppError('input.invalid', 'Correct the fields named in errors and send it again.', { errors });
}

/** Applies the schema given beside a route's or an event's parameter. */
@Injectable()
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    if (!metadata.schema || metadata.type === 'custom') return value;
    return check(metadata.schema, value ?? (metadata.type === 'query' ? {} : value));
  }
}

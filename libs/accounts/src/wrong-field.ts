import { AppError } from '@sotto/kernel';
import { isUniqueViolation } from '@sotto/platform';

/** A field whose value cannot be right here. */
export const wrongField = (path: string, message: string): AppError =>
  new AppError('input.invalid', 'Correct the fields named in errors and send it again.', { errors: [{ path, message }] });

/** Says `name.taken` where the database finds the name twice in one account. */
export async function withFreeName<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError('name.taken', 'Choose another name.', { errors: [{ path: 'name', message: 'is taken' }] });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@sotto/kernel';
import { CONFIG, publicUrl, type Config } from '@sotto/platform';

/** Which pages may use a cookie here: only those of this server. */
@Injectable()
export class Origins {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  isOwn(origin: string | undefined): boolean {
    return origin === publicUrl(this.config);
  }

  /** For what carries a cookie. Browsers always send Origin with an unsafe method, so a missing one is refused. */
  assertOwn(origin: string | undefined): void {
    if (!this.isOwn(origin)) throw new AppError('origin.refused');
  }

  /**
   * For a socket with a cookie. Over polling the first request is a GET, which browsers send to their own origin without
   * Origin; then only the browser's own word counts that the page is of this origin, a header no page can set.
   */
  assertOwnSocket(headers: { origin?: string | undefined; 'sec-fetch-site'?: string | string[] | undefined }): void {
    if (headers.origin === undefined && headers['sec-fetch-site'] === 'same-origin') return;
    this.assertOwn(headers.origin);
  }

  /** For what carries no cookie yet: a program without Origin may, a foreign page may not. */
  assertNotForeign(origin: string | undefined): void {
    if (origin !== undefined && !this.isOwn(origin)) throw new AppError('origin.refused');
  }
}

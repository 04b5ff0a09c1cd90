import passport from 'passport';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  type Configuration,
} from 'openid-client';
import type { Request } from 'express';

/** What the browser brings back from the identity provider has to fit. */
export interface Expected {
  /** Of PKCE (RFC 7636): shows that who exchanges the code is who asked for it. */
  verifier: string;
  state: string;
  nonce: string;
}

/** Who the identity provider says it is. */
export interface Claimed {
  subject: string;
  /** Only one that the provider has verified. */
  email: string | null;
}

const SCOPE = 'openid email';

/** OpenID Connect by code and PKCE, for passport: sends the browser to the provider, and reads what it comes back with. */
export class SsoStrategy extends passport.Strategy {
  override readonly name = 'sso';

  constructor(
    private readonly provider: Configuration,
    private readonly redirectUri: string,
    private readonly expected: Expected,
  ) {
    super();
  }

  override async authenticate(request: Request): Promise<void> {
    const back = new URL(this.redirectUri);
    const { pathname, search } = new URL(request.originalUrl, back);
    if (pathname === back.pathname) this.success(await this.claimed(new URL(`${this.redirectUri}${search}`)));
    else this.redirect((await this.wayThere()).href);
  }

  private async wayThere(): Promise<URL> {
    return buildAuthorizationUrl(this.provider, {
      redirect_uri: this.redirectUri,
      scope: SCOPE,
      state: this.expected.state,
      nonce: this.expected.nonce,
      code_challenge: await calculatePKCECodeChallenge(this.expected.verifier),
      code_challenge_method: 'S256',
    });
  }

  /** The library checks state, issuer, audience, nonce, expiry, and the signature against the provider's public keys. */
  private async claimed(callback: URL): Promise<Claimed> {
    const tokens = await authorizationCodeGrant(this.provider, callback, {
      pkceCodeVerifier: this.expected.verifier,
      expectedState: this.expected.state,
      expectedNonce: this.expected.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) throw new Error('The identity provider sent no ID token');
    // Some providers say the address only when asked with the access token.
    const { email, email_verified: isVerified } =
      claims.email === undefined ? await fetchUserInfo(this.provider, tokens.access_token, claims.sub) : claims;
    return { subject: claims.sub, email: isVerified === true && typeof email === 'string' ? email : null };
  }
}

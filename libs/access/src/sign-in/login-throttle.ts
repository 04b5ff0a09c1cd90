import { Inject, Injectable } from '@nestjs/common';
import { Passwords } from '@sotto/accounts';
import { AppError } from '@sotto/kernel';
import { CONFIG, KeyRing, Limits, type Config, type Limit } from '@sotto/platform';
import { KnownDevices } from './devices.service.js';
import { networkOf, type Footprint } from './sign-in-footprint.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * How often somebody may try. Strangers share what an address has, what a login has at an address, and what a login has in an
 * hour over all addresses, which many machines at once would use up; so browsers the member has signed in with have tries of
 * their own, and nobody can lock the member out. Counters are named by keyed hashes. Shut while Redis is away.
 */
@Injectable()
export class LoginThrottle {
  private readonly byAddress: Limit;
  private readonly byLogin: Limit;
  private readonly overall: Limit;
  private readonly byDevice: Limit;
  private readonly resets: Limit;
  private readonly changes: Limit;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly keys: KeyRing,
    private readonly passwords: Passwords,
    private readonly devices: KnownDevices,
    limits: Limits,
  ) {
    const points = config.limits.loginAttempts;
    this.byAddress = limits.make({ name: 'login-address', points: points * 3, seconds: MINUTE, withoutRedis: 'closed' });
    this.byLogin = limits.make({ name: 'login', points, seconds: MINUTE, withoutRedis: 'closed' });
    this.overall = limits.make({ name: 'login-overall', points: points * 10, seconds: HOUR, withoutRedis: 'closed' });
    this.resets = limits.make({ name: 'password-reset', points: Math.ceil(points / 2), seconds: HOUR, withoutRedis: 'closed' });
    this.changes = limits.make({ name: 'password-change', points, seconds: MINUTE, withoutRedis: 'closed' });
    this.byDevice = limits.make({ name: 'login-device', points: points * 3, seconds: MINUTE, withoutRedis: 'closed' });
  }

  /** Counts a try before it is made. Throws `rate.limited`. Call the answer when the try was right: only failures add up. */
  async take(email: string, footprint: Footprint): Promise<() => Promise<void>> {
    const device = await this.devices.find(footprint.device);
    if (device && (await this.passwords.signsInWith(device, email))) {
      await this.byDevice.take(device.id);
      return () => this.byDevice.giveBack(device.id);
    }
    await this.takeAddress(footprint);
    const login = this.keys.keyedHash('login', email.trim().toLowerCase());
    await this.byLogin.take(this.keys.keyedHash(login, this.networkOf(footprint)));
    await this.overall.take(login);
    return () => this.overall.giveBack(login);
  }

  /**
   * Counts a mail that lets somebody choose a new password; answers whether another may be sent. Whoever asks is told nothing,
   * and strangers who ask all the time use up their own mails and not those of the member's own browser.
   */
  async takeReset(email: string, footprint: Footprint): Promise<boolean> {
    await this.takeAddress(footprint);
    const device = await this.devices.find(footprint.device);
    const isOwn = device !== null && (await this.passwords.signsInWith(device, email));
    try {
      await this.resets.take(isOwn ? device.id : this.keys.keyedHash('login', email.trim().toLowerCase()));
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'rate.limited') return false;
      throw error;
    }
  }

  /** Counts a try of somebody signed in to prove their password. */
  async takeChange(memberId: string): Promise<void> {
    await this.changes.take(memberId);
  }

  /** Counts a try that names no login, such as a link or a set-up code. */
  async takeAddress(footprint: Footprint): Promise<void> {
    await this.byAddress.take(this.keys.keyedHash(this.networkOf(footprint)));
  }

  /** Whoever has an IPv6 address usually has 2^64 of them. */
  private networkOf({ address }: Footprint): string {
    return networkOf(address, { v4: 32, v6: 64 });
  }
}

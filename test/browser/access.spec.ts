import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Me, MemberView } from '@sotto/protocol';
import type { Browser, Page } from 'playwright-core';
import { startBrowser, startSotto, type RunningSotto } from '../support/index.js';
import { codeAt } from '../support/second-factor.js';
import { OWNER, Panel, Visitor } from './panel-desk.js';

jest.setTimeout(120_000);

const BEN = { name: 'Ben Kranjc', email: 'ben@gear.example', password: 'quiet harbour under stars 3' };
const STEP_MS = 30_000;

let sotto: RunningSotto;
let browser: Browser;
let ana: Panel;
let ben: Panel;
const others: Panel[] = [];
const visitors: Visitor[] = [];
/** Ana's: what her app and her drawer hold. */
let secret = '';
let recoveryCodes: string[] = [];
let bensKey = '';

/** The tests are the account's first days, in their order. */
beforeAll(async () => {
  [sotto, browser] = await Promise.all([startSotto({ env: { SOTTO_LOGIN_ATTEMPTS_PER_MINUTE: '1000' } }), startBrowser()]);
  ana = await Panel.open(browser, sotto.url);
  await ana.goto('/');
  await ana.page.waitForURL('**/setup');
  await ana.call('POST', '/setup', { code: sotto.setupCode, account: { name: 'Alpine Gear' }, owner: OWNER });
});

afterEach(() => {
  for (const panel of [ana, ben, ...others]) expect(panel?.faults.splice(0) ?? []).toEqual([]);
});

afterAll(async () => {
  for (const visitor of visitors) visitor.leave();
  await browser?.close();
  await sotto?.stop();
});

const inbox = (page: Page) => page.getByRole('heading', { name: 'First steps' });
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });

async function another(): Promise<Panel> {
  const panel = await Panel.open(browser, sotto.url);
  others.push(panel);
  return panel;
}

async function giveBothSteps(panel: Panel, password: string): Promise<void> {
  await panel.goto('/login');
  await panel.signIn(password);
  await panel.button('Use a recovery code').click();
  // In small letters and without dashes, as somebody in a hurry types it.
  await panel.page.getByLabel('Recovery code').fill(recoveryCodes.pop()!.toLowerCase().replaceAll('-', ''));
  await panel.page.keyboard.press('Enter');
  await inbox(panel.page).waitFor();
}

/** Reads the key beside the QR code, gives the code to it, and keeps the recovery codes. */
async function enrol(panel: Panel): Promise<{ key: string; codes: string[] }> {
  const { page } = panel;
  const key = ((await page.getByText('Or type this key').locator('~ div code').textContent()) ?? '').replaceAll(' ', '');
  await page.getByLabel('Write the code the app shows now').fill(codeAt(key, new Date()));
  const list = page.getByRole('group', { name: 'Your recovery codes' });
  await list.waitFor();
  expect(await panel.button('Go on').isDisabled()).toBe(true);
  const codes = await list.getByRole('listitem').allTextContents();
  await page.getByLabel('I have kept them').check();
  await panel.button('Go on').click();
  return { key, codes };
}

/** The newest mail to an address with a link to that page, and the link. */
async function linkTo(page: 'join' | 'reset', address: string): Promise<string> {
  const pattern = new RegExp(`${sotto.url}/${page}#\\S+`);
  for (;;) {
    const answer = await fetch(`${sotto.url}/dev/mail.json`);
    const { items } = (await answer.json()) as { items: { to: { address: string }; text: string }[] };
    const link = items
      .filter((mail) => mail.to.address === address)
      .map((mail) => pattern.exec(mail.text)?.[0])
      .find(Boolean);
    if (link) return link;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function axe(panel: Panel, name: string): Promise<void> {
  await panel.settled();
  const { violations } = await new AxeBuilder({ page: panel.page }).analyze();
  expect(violations.map(({ id, nodes }) => `${name}: ${id} ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

describe('setting up a second factor', () => {
  it('is what a new owner is reminded of on every page', async () => {
    await ana.goto('/');
    await inbox(ana.page).waitFor();
    await ana.page.getByText(/Set up a second factor by/).waitFor();
    await ana.page.getByRole('link', { name: 'Set it up' }).first().click();
    await ana.page.waitForURL('**/me/security');
    await axe(ana, 'security');
  });

  it('refuses a code that does not fit and takes the one of the key beside the QR code', async () => {
    await ana.button('Set up').click();
    const code = ana.page.getByLabel('Write the code the app shows now');
    await code.fill('000000');
    await ana.page.getByText('This code does not fit.').waitFor();
    await axe(ana, 'enrolment');
    ({ key: secret, codes: recoveryCodes } = await enrol(ana));
    expect(recoveryCodes).toHaveLength(10);
    expect(new Set(recoveryCodes).size).toBe(10);
    await ana.page.getByText('10 codes left').waitFor();
    expect(await ana.page.getByText(/Set up a second factor by/).count()).toBe(0);
  });

  it('ticks the step off the first steps', async () => {
    await ana.goto('/inbox/open');
    await ana.page.getByRole('heading', { name: 'Switch on two-factor (Done)' }).waitFor();
  });
});

describe('signing in', () => {
  it('asks for the second step, also after a reload, and for nothing else', async () => {
    await ana.button(/You and this panel/).click();
    await ana.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await ana.page.getByText('You have signed out.').waitFor();
    expect(await ana.page.getByLabel('Stay signed in on this browser for 30 days').isChecked()).toBe(false);
    await axe(ana, 'login');
    await ana.signIn();
    await ana.page.getByRole('heading', { name: 'Second step' }).waitFor();
    await ana.goto('/settings/inboxes');
    await ana.page.getByRole('heading', { name: 'Second step' }).waitFor();
    await axe(ana, 'second step');
  });

  it('says that a code is wrong, and takes a pasted one with a space in it', async () => {
    const code = ana.page.getByLabel('Code from your authenticator app');
    expect(await code.getAttribute('autocomplete')).toBe('one-time-code');
    await code.fill('111111');
    await ana.page.getByText('This code is not right or has been used.').waitFor();
    // The code of the step after, for this one's has been used.
    const next = codeAt(secret, new Date(Date.now() + STEP_MS));
    await code.fill(`${next.slice(0, 3)} ${next.slice(3)}`);
    await ana.page.waitForURL('**/settings/inboxes');
  });

  it('lets somebody else sign in instead', async () => {
    const panel = await another();
    await panel.goto('/login');
    await panel.signIn();
    await panel.button('Sign in as somebody else').click();
    await panel.page.getByRole('textbox', { name: 'Password' }).waitFor();
    await panel.goto('/login');
    await panel.page.getByRole('textbox', { name: 'Password' }).waitFor();
    await panel.context.close();
  });

  it('takes each recovery code once', async () => {
    const panel = await another();
    const code = recoveryCodes.at(-1)!;
    await giveBothSteps(panel, OWNER.password);
    await panel.context.clearCookies();
    await panel.goto('/login');
    await panel.signIn();
    await panel.button('Use a recovery code').click();
    await panel.page.getByLabel('Recovery code').fill(code);
    await panel.page.keyboard.press('Enter');
    await panel.page.getByText('This recovery code is not right or has been used.').waitFor();
    await panel.context.close();
    await ana.goto('/me/security');
    await ana.page.getByText('9 codes left').waitFor();
  });
});

describe('an invitation', () => {
  it('is accepted with the link from the mail', async () => {
    await ana.call('POST', '/members/invitations', { email: BEN.email, name: 'Ben', role: 'admin' });
    ben = await Panel.open(browser, sotto.url);
    await ben.page.goto(await linkTo('join', BEN.email));
    await ben.page.getByRole('heading', { name: 'Join Alpine Gear' }).waitFor();
    await axe(ben, 'join');
    await ben.page.getByLabel('Your name').fill(BEN.name);
    await ben.page.getByRole('textbox', { name: 'Password' }).fill(BEN.password);
    await ben.button('Join').click();
  });

  it('leads an admin to a second factor, and nowhere else', async () => {
    await ben.page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
    // Until the key is there the button is off, and axe would see half of each.
    await ben.page.locator('button[type=submit]:enabled').waitFor();
    await axe(ben, 'forced enrolment');
    await ben.goto('/settings/members');
    await ben.page.waitForURL('**/enrol**');
    ({ key: bensKey } = await enrol(ben));
    await ben.page.waitForURL('**/settings/members');
    const { member } = await ben.call<Me>('GET', '/me');
    expect(member).toMatchObject({ name: BEN.name, role: 'admin', twoFactor: true });
  });

  it('works once', async () => {
    const panel = await another();
    await panel.page.goto(await linkTo('join', BEN.email));
    await panel.page.getByText('This link does not work any more').waitFor();
    await panel.page.goto(`${sotto.url}/join`);
    await panel.page.getByText('This link does not work any more').waitFor();
    await panel.context.close();
  });
});

describe('a second factor for everybody', () => {
  it('leads whoever works without one to setting it up, while they look on', async () => {
    await ana.call('POST', '/members/invitations', { email: 'cleo@gear.example', name: 'Cleo Hribar', role: 'agent' });
    const cleo = await another();
    await cleo.page.goto(await linkTo('join', 'cleo@gear.example'));
    await cleo.page.getByRole('textbox', { name: 'Password' }).fill('seven kettles by the river 2');
    await cleo.button('Join').click();
    await cleo.page.getByText('Choose a conversation').waitFor();
    await ana.call('PUT', '/settings/security', { requireTwoFactor: true, ipAllowlist: [] });
    await cleo.page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
    await enrol(cleo);
    await cleo.page.getByText('Choose a conversation').waitFor();
    await cleo.context.close();
  });
});

describe('proving again who is there', () => {
  /** As if the last proof were too old. The server's own refusal is tried where a clock can be moved. */
  const refuseOnce = (path: string) =>
    ana.page.route(
      `**/api/v1${path}`,
      (route) =>
        route.fulfill({
          status: 403,
          contentType: 'application/problem+json',
          body: JSON.stringify({ status: 403, code: 'step-up.required', detail: 'Confirm that it is you.' }),
        }),
      { times: 1 },
    );

  it('repeats the call once it is proven', async () => {
    await ana.goto('/me/security');
    await refuseOnce('/second-factor/recovery-codes');
    await ana.button('Make new codes').click();
    await dialog(ana.page, 'Is it you?').waitFor();
    await axe(ana, 'step-up');
    await ana.button('Use a recovery code').click();
    await ana.page.getByLabel('Recovery code').fill(recoveryCodes.pop()!);
    await ana.button('Confirm').click();
    const list = ana.page.getByRole('group', { name: 'Your recovery codes' });
    await list.waitFor();
    const renewed = await list.getByRole('listitem').allTextContents();
    expect(renewed.filter((code) => recoveryCodes.includes(code))).toEqual([]);
    recoveryCodes = renewed;
    await ana.page.getByLabel('I have kept them').check();
    await ana.button('Go on').click();
    await ana.page.getByText('10 codes left').waitFor();
  });

  it('changes nothing when it is not proven, and Escape closes that dialog alone', async () => {
    await refuseOnce('/second-factor/totp');
    await ana.button('Turn off').click();
    const asked = dialog(ana.page, 'Turn off the authenticator app?');
    await asked.getByRole('button', { name: 'Turn off' }).click();
    await ana.page.getByLabel('Code from your authenticator app').press('Escape');
    await asked.getByText('Nothing was changed').waitFor();
    expect(await dialog(ana.page, 'Is it you?').count()).toBe(0);
  });

  it('does not take away the only second factor of somebody who needs one', async () => {
    const asked = dialog(ana.page, 'Turn off the authenticator app?');
    await asked.getByRole('button', { name: 'Turn off' }).click();
    await asked.getByText('This is your only second factor').waitFor();
    await asked.getByRole('button', { name: 'Cancel' }).click();
  });
});

describe('where one is signed in', () => {
  it('shows every browser, and ends another one while it looks on', async () => {
    const phone = await Panel.open(browser, sotto.url, {
      userAgent:
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    });
    others.push(phone);
    await giveBothSteps(phone, OWNER.password);
    await ana.goto('/me/sign-ins');
    const sessions = ana.page.getByRole('list', { name: 'Where you are signed in' }).getByRole('listitem');
    await sessions.nth(1).waitFor();
    expect(await sessions.first().textContent()).toContain('This browser');
    expect(await sessions.nth(1).textContent()).toContain('Safari on iOS');
    await axe(ana, 'sign-ins');
    await ana.button('Sign out Safari on iOS').click();
    await phone.page.getByText('This browser was signed out from another place.').waitFor();
    await ana.page.getByText('Safari on iOS is signed out').waitFor();
    await sessions.filter({ hasText: 'Safari on iOS' }).waitFor({ state: 'detached' });
    await phone.context.close();
  });

  it('shows wrong codes among the recent sign-ins', async () => {
    await ana.page.getByRole('list', { name: 'Recent sign-ins' }).getByText('Wrong code').first().waitFor();
  });
});

describe('one’s own password', () => {
  it('ends other browsers and keeps this one, its live connection too', async () => {
    const other = await another();
    await giveBothSteps(other, OWNER.password);
    await ana.goto('/me/security');
    await ana.page.getByLabel('Your present password').fill('not this one at all');
    await ana.page.getByRole('textbox', { name: 'New password' }).fill('amber lantern over birch 9');
    await ana.button('Change password').click();
    await ana.page.getByText('The password is not right.').waitFor();
    await ana.page.getByLabel('Your present password').fill(OWNER.password);
    await ana.button('Change password').click();
    await ana.page.getByText('Your password is changed.').waitFor();
    await other.page.getByText('This browser was signed out from another place.').waitFor();
    await other.context.close();
    await ana.page.getByRole('link', { name: /^Open/ }).click();
    const lena = await Visitor.arrive(sotto.url, (await ana.inbox()).key, { name: 'Lena Hofer' });
    visitors.push(lena);
    await lena.says('Are you still there?');
    await ana.row('Lena Hofer').waitFor();
  });
});

describe('a passkey', () => {
  it('is added, and is the second step of the next sign-in', async () => {
    const devtools = await ana.context.newCDPSession(ana.page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await ana.goto('/me/security');
    await ana.button('Add a passkey').click();
    await ana.page.getByLabel('Name').fill('Blue key');
    await ana.button('Go on').click();
    await ana.page.getByRole('list', { name: 'Passkeys' }).getByText('Blue key').waitFor();
    await ana.button(/You and this panel/).click();
    await ana.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await ana.signIn('amber lantern over birch 9');
    await ana.button('Use a passkey').click();
    await ana.page.locator('form').getByRole('button', { name: 'Use a passkey' }).click();
    await ana.page.waitForURL('**/inbox/open');
  });

  it('is removed', async () => {
    await ana.goto('/me/security');
    await ana.button('Remove the passkey Blue key').click();
    await dialog(ana.page, 'Remove “Blue key”?').getByRole('button', { name: 'Remove passkey' }).click();
    await ana.page.getByText('Blue key').first().waitFor({ state: 'detached' });
  });
});

describe('a forgotten password', () => {
  it('is answered alike whether somebody is known or not', async () => {
    const panel = await another();
    await panel.goto('/login');
    await panel.page.getByRole('link', { name: 'Forgot your password?' }).click();
    await axe(panel, 'forgot');
    await panel.page.getByLabel('E-mail address').fill('nobody@gear.example');
    await panel.button('Send the link').click();
    await panel.page.getByText('If somebody signs in with nobody@gear.example').waitFor();
    await panel.context.close();
  });

  it('is set anew with the mailed link, ends every session, and skips no second step', async () => {
    const panel = await another();
    await panel.goto('/forgot');
    await panel.page.getByLabel('E-mail address').fill(OWNER.email);
    await panel.button('Send the link').click();
    await panel.page.getByText(`If somebody signs in with ${OWNER.email}`).waitFor();
    await panel.page.goto(await linkTo('reset', OWNER.email));
    const field = panel.page.getByRole('textbox', { name: 'Password' });
    await field.fill('passwordpassword');
    await panel.button('Set password').click();
    await panel.page.getByText('This is easy to guess.').waitFor();
    await field.fill('copper meadow in winter 5');
    await panel.button('Set password').click();
    await panel.page.getByText('Your new password is set.').waitFor();
    await ana.page.getByText('This browser was signed out from another place.').waitFor();
    await giveBothSteps(panel, 'copper meadow in winter 5');
    await panel.context.close();
  });
});

describe('one’s own profile', () => {
  it('has a picture, cut to a square in the browser', async () => {
    await ben.goto('/me');
    await ben.page.getByRole('heading', { name: 'Your settings' }).waitFor();
    await axe(ben, 'profile');
    const wide = await ben.page.evaluate(() => {
      const canvas = document.createElement('canvas');
      canvas.width = 700;
      canvas.height = 400;
      const context = canvas.getContext('2d')!;
      context.fillStyle = '#176b55';
      context.fillRect(0, 0, 350, 400);
      return canvas.toDataURL('image/png');
    });
    await ben.page
      .locator('input[type=file]')
      .setInputFiles({ name: 'wide.png', mimeType: 'image/png', buffer: Buffer.from(wide.split(',')[1]!, 'base64') });
    await dialog(ben.page, 'Choose the part to show').waitFor();
    await axe(ben, 'crop');
    await ben.button('Use this picture').click();
    const shown = ben.page.getByRole('img', { name: 'Picture', exact: true }).and(ben.page.locator('img'));
    const size = await shown.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    });
    expect(size).toEqual([256, 256]);
    await ben.button('Remove').click();
    await shown.waitFor({ state: 'detached' });
  });

  it('says that a file is no picture', async () => {
    await ben.page
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)"/>') });
    await ben.page.getByText('This picture cannot be read.').waitFor();
  });

  it('changes the name and the language at once, and keeps the language for the next browser', async () => {
    await ben.page.getByLabel('Your name').fill('Benjamin Kranjc');
    await ben.page.locator('form').getByRole('button', { name: 'Save' }).click();
    await ben.button('You and this panel: Benjamin Kranjc').waitFor();
    await ben.page.getByRole('combobox', { name: 'Language' }).click();
    const saved = ben.page.waitForResponse((answer) => answer.url().endsWith('/me') && answer.request().method() === 'PATCH');
    await ben.page.getByRole('option', { name: 'Deutsch' }).click();
    await ben.page.getByRole('heading', { name: 'Ihre Einstellungen' }).waitFor();
    await saved;
    const again = await Panel.open(browser, sotto.url, { storageState: { cookies: await ben.context.cookies(), origins: [] } });
    others.push(again);
    await again.goto('/me');
    await again.page.getByRole('heading', { name: 'Ihre Einstellungen' }).waitFor();
    await again.context.close();
  });
});

describe('an offered account', () => {
  let giver: Panel;
  const offer = async () => {
    const { items } = await giver.call<{ items: MemberView[] }>('GET', '/members');
    await giver.call('POST', '/ownership/offer', { memberId: items.find(({ email }) => email === BEN.email)!.id, stay: true });
    await ben.page.reload();
    await ben.button('Ansehen').click();
  };

  it('is declined by whom it is offered to', async () => {
    giver = await another();
    await giveBothSteps(giver, 'copper meadow in winter 5');
    await offer();
    await dialog(ben.page, 'Alpine Gear übernehmen?').waitFor();
    await axe(ben, 'offer');
    await ben.button('Angebot ablehnen').click();
    await ben.page.getByRole('region', { name: 'Wartet auf Sie' }).waitFor({ state: 'detached' });
    expect((await ben.call<Me>('GET', '/me')).member.role).toBe('admin');
  });

  it('is taken over with a code', async () => {
    await offer();
    await ben.page.getByLabel('Code aus Ihrer Authenticator-App').fill(codeAt(bensKey, new Date(Date.now() + STEP_MS)));
    await ben.page.getByText('Sie sind jetzt Inhaber von Alpine Gear.').waitFor();
    expect((await ben.call<Me>('GET', '/me')).member.role).toBe('owner');
  });
});

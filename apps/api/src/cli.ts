import { Allowlists, accountsNamed, allowEverywhere, forgetSecondFactors } from '@sotto/access';
import { issueSetupCode } from '@sotto/accounts';
import { AuditLog, verifyAudit } from '@sotto/audit';
import { SystemClock } from '@sotto/kernel';
import { Database, KeyRing, openDatabase, readConfig, readMasterKey, type Config } from '@sotto/platform';
import { holdLocation } from './location.js';
import { stores } from './stores.js';

interface Terminal {
  config: Config;
  database: Database;
  /** What stands behind the command's name. */
  words: string[];
  say: (line: string) => void;
}
/** Answers the exit code. */
type Command = (terminal: Terminal) => Promise<number>;

const clock = new SystemClock();

const COMMANDS: Readonly<Record<string, Command>> = {
  'setup-code': async ({ database, say }) => {
    say(`Set-up code: ${await issueSetupCode(database, clock)}`);
    return 0;
  },
  'allow-everywhere': async ({ config, database, words, say }) => {
    const accounts = await accountsNamed(database, words.join(' '));
    const [account, ...others] = accounts;
    if (!account || others.length > 0) {
      say(account ? 'Several accounts have this name; use an id:' : 'There is no account with this name or id.');
      for (const { id, name } of accounts) say(`${id} ${name}`);
      return 1;
    }
    const keys = new KeyRing(readMasterKey(config), database);
    const audit = new AuditLog(database, keys, clock);
    await allowEverywhere(database, new Allowlists(database, keys, audit), audit, account);
    say(`${account.name} may be used from everywhere again.`);
    return 0;
  },
  'forget-second-factors': async ({ config, database, words, say }) => {
    const keys = new KeyRing(readMasterKey(config), database);
    const [email = ''] = words;
    const found = await forgetSecondFactors(database, keys, new AuditLog(database, keys, clock), email);
    say(found ? `${email} signs in with the password alone until a second factor is set up again.` : 'Nobody signs in with this address.');
    return found ? 0 : 1;
  },
  'verify-audit': async ({ config, database, words, say }) =>
    (await verifyAudit(database, new KeyRing(readMasterKey(config), database), words, say)) ? 0 : 1,
};

const USAGE = `Usage: cli.js setup-code                             prints a one-time code that makes a further account
       cli.js allow-everywhere <account name or id>  empties the list of addresses an account may be used from
       cli.js forget-second-factors <e-mail>         for a member who has lost theirs
       cli.js verify-audit [digest noted earlier …]  recomputes every account's audit log and prints its newest digest
`;

async function main([name = '', ...words]: string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    process.stderr.write(USAGE);
    return 2;
  }
  const config = readConfig();
  const orm = await openDatabase(stores, holdLocation()(config));
  try {
    return await command({ config, database: new Database(orm), words, say: (line) => process.stdout.write(`${line}\n`) });
  } finally {
    await orm.close(true);
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : 'unknown reason'}\n`);
    process.exit(1);
  },
);

import { Migration20261121000100 } from './Migration20261121000100.js';
import { Migration20261121000200 } from './Migration20261121000200.js';
import { Migration20261121000300 } from './Migration20261121000300.js';
import { Migration20261121000400 } from './Migration20261121000400.js';
import { Migration20261122000100 } from './Migration20261122000100.js';
import { Migration20261122000200 } from './Migration20261122000200.js';
import { Migration20261127000100 } from './Migration20261127000100.js';
import { Migration20261127000200 } from './Migration20261127000200.js';
import { Migration20261127000300 } from './Migration20261127000300.js';

/** In the order they run. A published one is never changed. */
export const migrations = [
  Migration20261121000100,
  Migration20261121000200,
  Migration20261121000300,
  Migration20261121000400,
  Migration20261122000100,
  Migration20261122000200,
  Migration20261127000100,
  Migration20261127000200,
  Migration20261127000300,
].map((migration) => ({ name: migration.name, class: migration }));

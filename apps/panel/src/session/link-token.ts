import { useState } from 'react';

/** The secret of a mailed link. It stands behind the `#`, so it reaches no server's log on the way here. */
export const useLinkToken = (): string => useState(() => window.location.hash.slice(1))[0];

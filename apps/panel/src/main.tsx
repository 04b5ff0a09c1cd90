import './no-eval';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@mantine/spotlight/styles.layer.css';
import './theme/base.css';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import './i18n';
import { nonce } from './theme/nonce';

// The modal's scroll lock makes a style element of its own and looks for the nonce under this name.
Object.assign(globalThis, { __webpack_nonce__: nonce() });

createRoot(document.getElementById('root')!).render(<App />);

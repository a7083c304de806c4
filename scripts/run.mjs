// `npm start` and `npm run texas`: prepares the checkout, then becomes the command line.
import { prepare } from './prepare.mjs';

prepare();
await import('../apps/cli/dist/main.js');

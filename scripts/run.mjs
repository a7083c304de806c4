// `npm start` and `npm run texas`: prepares the checkout, then runs the command line in this process.
import { prepare } from './prepare.mjs';

prepare();
await import('../apps/cli/dist/main.js');

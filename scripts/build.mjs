import { prepare } from './prepare.mjs';

prepare();
process.stderr.write('Built.\n');

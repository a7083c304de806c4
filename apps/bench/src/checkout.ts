import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes a folder from which the built api and worker run with settings of their own, since some settings
 * have no variable. Returns its path.
 */
export function makeCheckout(root: string, folder: string, settings: object): string {
  const checkout = join(folder, 'checkout');
  for (const app of ['api', 'worker']) {
    const target = join(checkout, 'apps', app);
    mkdirSync(target, { recursive: true });
    for (const name of ['dist', 'package.json']) {
      cpSync(join(root, 'apps', app, name), join(target, name), { recursive: true });
    }
    symlinkSync(join(root, 'apps', app, 'node_modules'), join(target, 'node_modules'));
  }
  cpSync(join(root, 'package.json'), join(checkout, 'package.json'));
  cpSync(join(root, 'config'), join(checkout, 'config'), { recursive: true });
  // JSON is YAML.
  writeFileSync(join(checkout, 'config/local.yml'), JSON.stringify(settings));
  return checkout;
}

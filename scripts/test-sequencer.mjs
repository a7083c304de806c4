import Sequencer from '@jest/test-sequencer';

// The longest test files, which start the built product, run first; the others run in parallel.
const first = ['test/chaos', 'test/container-images', 'test/outages', 'test/start', 'test/'];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path, context }) => {
      const name = path.slice(context.config.rootDir.length + 1);
      const index = first.findIndex((prefix) => name.startsWith(prefix));
      return index < 0 ? first.length : index;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}

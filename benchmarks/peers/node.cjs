// node node.cjs chokidar|parcel ROOT: prints the path of each change, one a line. The modules are looked
// for in NODE_PATH.
const { createRequire } = require('module');
const path = require('path');
const { pathToFileURL } = require('url');

const [, , which, root] = process.argv;
const name = which === 'parcel' ? '@parcel/watcher' : which;

async function load() {
  for (const folder of (process.env.NODE_PATH || '').split(path.delimiter)) {
    try {
      const found = createRequire(path.join(folder, 'x.js')).resolve(name);
      return await import(pathToFileURL(found).href);
    } catch (error) {
      continue;
    }
  }
  process.exit(127);
}

const tell = (lines) => process.stdout.write(lines.join('\n') + '\n');

load().then(async (module) => {
  const library = module.default && !module.watch && !module.subscribe ? module.default : module;
  if (root === undefined) process.exit(0);  // it is there: that was the question
  if (which === 'parcel') {
    // Its own watching, and not a watchman's that runs elsewhere and is not counted.
    const options = process.platform === 'linux' ? { backend: 'inotify' } : {};
    await library.subscribe(root, (error, events) => {
      if (error) console.error(error);
      else tell(events.map((event) => event.path));
    }, options);
  } else {
    const watcher = library.watch(root, { ignoreInitial: true });
    watcher.on('all', (kind, file) => tell([file]));
  }
});

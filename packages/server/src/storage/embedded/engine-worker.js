// The thread that runs the engine. Plain JavaScript, because a worker gets no loader: the same file runs from
// the sources and from the build. It knows no SQL: bytes of the Postgres protocol in, bytes out.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { DurableFiles } from './durable-files.js';

/**
 * @typedef {{ directory: string, startParameters: string[] }} EngineSettings
 * @typedef {{ id: number, bytes: Uint8Array }} EngineRequest protocol messages, whole ones
 * @typedef {{ id: number, close: true }} EngineClose
 * @typedef {{ id: number, bytes: Uint8Array }} EngineReply
 */

const port = parentPort;
if (port === null) throw new Error('engine-worker runs as a worker thread only');
const settings = /** @type {EngineSettings} */ (workerData);

/** @type {string[]} What Postgres said last: when it does not start, only this says why. */
const log = [];

/** @param {string} text */
function remember(text) {
  log.push(text);
  if (log.length > 20) log.shift();
  return false; // not to be printed
}

const engine = await PGlite.create({
  fs: new DurableFiles(settings.directory),
  startParams: settings.startParameters,
  onStderr: remember,
}).catch((/** @type {unknown} */ cause) => {
  throw new Error(`The embedded database did not start. ${log.join('\n')}`, { cause });
});

/** @param {Uint8Array} bytes */
async function run(bytes) {
  /** @type {Uint8Array[]} */
  const chunks = [];
  // The chunk is a view of the engine's memory, valid only now.
  const onRawData = (/** @type {Uint8Array} */ chunk) => void chunks.push(chunk.slice());
  await engine.execProtocolRawStream(bytes, { syncToFs: false, onRawData });
  return joined(chunks);
}

/** @param {Uint8Array[]} chunks */
function joined(chunks) {
  const all = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

/** @param {EngineRequest | EngineClose} request */
async function answer(request) {
  if ('close' in request) {
    await engine.close();
    port?.postMessage({ id: request.id, bytes: new Uint8Array() });
    port?.close();
    return;
  }
  const bytes = await run(request.bytes);
  port?.postMessage({ id: request.id, bytes }, [bytes.buffer]);
}

// One after another: the engine runs synchronously, and a rejection ends the thread, which the owner sees.
let last = Promise.resolve();
port.on('message', (/** @type {EngineRequest | EngineClose} */ request) => {
  last = last.then(() => answer(request));
});
port.postMessage({ id: 0, bytes: new Uint8Array() });

// The thread that runs the engine. Plain JavaScript, because a worker gets no loader: the same file runs from
// the sources and from the build. It knows no SQL: bytes of the Postgres protocol in, bytes out.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { DurableFiles } from './durable-files.js';

/**
 * @typedef {{ directory: string, startParameters: string[], code: object, vectors: boolean }} EngineSettings
 * @typedef {{ id: number, bytes: Uint8Array }} EngineRequest protocol messages, whole ones
 * @typedef {{ id: number, close: true }} EngineClose
 * @typedef {{ id: number, bytes: Uint8Array }} EngineReply
 * @typedef {{ fault: string, stackOverflow: boolean }} EngineFault the engine is broken; the thread ends
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

// Loaded only where there are vectors.
const extensions = settings.vectors
  ? { vector: (await import('@electric-sql/pglite-pgvector')).vector }
  : {};

const engine = await PGlite.create({
  extensions,
  fs: new DurableFiles(settings.directory),
  startParams: settings.startParameters,
  pgliteWasmModule: settings.code,
  onStderr: remember,
}).catch((/** @type {unknown} */ cause) => {
  throw new Error(`${String(cause)}\n${log.join('\n')}`, { cause });
});

/** How Postgres reports an error to its main loop. */
const longJump = 100;

const postgres = engine.Module;
const runOne = postgres._PostgresMainLoopOnce;
// PGlite swallows every other exception and goes on with the next message, on a stack that was cut off: a deep
// JSON value gave no rows and no error, the commit behind it went through, and later the engine aborted.
postgres._PostgresMainLoopOnce = () => {
  try {
    runOne();
  } catch (error) {
    if (/** @type {{ status?: number }} */ (error).status === longJump) throw error;
    const fault = error instanceof Error ? error.message : String(error);
    port.postMessage({ fault, stackOverflow: error instanceof RangeError });
    process.exit(1);
  }
};

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

import fs from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * The engine's files with a working fsync.
 *
 * PGlite's own file system has none: its `fsync` does nothing and its `fdatasync` answers 0 at once, so that
 * `fsync=on` by itself survives a killed process but not a power cut. With `wal_sync_method=fsync` and this,
 * every commit reaches the disk (counted with strace: one fdatasync a commit).
 */
export class DurableFiles extends NodeFS {
  /**
   * @override
   * @param {Parameters<NodeFS['init']>[0]} pg
   * @param {Parameters<NodeFS['init']>[1]} options
   * @returns {ReturnType<NodeFS['init']>}
   */
  async init(pg, options) {
    const { emscriptenOpts } = await super.init(pg, options);
    return {
      emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addSync] },
    };
  }
}

/**
 * @typedef {{ nfd?: number }} OpenFile a stream of the engine; `nfd` is its descriptor in Node
 * @typedef {{ stream_ops: { fsync?: (file: OpenFile) => number } }} FileOperations
 * @param {{ FS: object, }} engine
 */
function addSync(engine) {
  const { NODEFS } = /** @type {{ filesystems: { NODEFS: FileOperations } }} */ (engine.FS)
    .filesystems;
  NODEFS.stream_ops.fsync = sync;
}

/**
 * fdatasync flushes the size too, and spares the journal commit for a changed mtime.
 *
 * @param {OpenFile} file
 */
function sync({ nfd }) {
  // Directories have no descriptor here.
  if (nfd !== undefined) fs.fdatasyncSync(nfd);
  return 0;
}

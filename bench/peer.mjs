// The page that people would use instead, beside a console whose sessions it shows.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Its two designs, by the names of the table. */
export const PEERS = { 'React before': 'before', 'React after': 'after' };

/** Starts it for the sessions of a console. */
export async function startPeer(top, app) {
  const child = fork(join(top, 'bench', 'peer', 'server.mjs'), [app.origin, app.api.cookie]);
  const [{ port }] = await once(child, 'message');
  return {
    origin: `http://127.0.0.1:${port}`,
    /** When the entries of a session were committed; it is followed no longer. */
    async end(id) {
      child.send({ id, close: true });
      const [{ at }] = await once(child, 'message');
      return new Map(at.map((ms, index) => [index + 1, ms]));
    },
    stop: () => child.connected && child.disconnect(),
  };
}

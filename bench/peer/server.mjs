// Serves the page that people would use instead, on loopback, with the sessions of a console.
import compression from 'compression';
import express from 'express';
import { TRPCError, initTRPC } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { join } from 'node:path';
import { z } from 'zod';
import { Session } from './session.mjs';

const [origin, cookie] = process.argv.slice(2);
const sessions = new Map();

/** The session; it is followed from the first time that it is asked for. */
async function find(id) {
  if (!sessions.has(id)) {
    const session = new Session(origin, cookie, id);
    sessions.set(id, session.open().then(() => session));
  }
  return sessions.get(id).catch(() => {
    throw new TRPCError({ code: 'NOT_FOUND' });
  });
}

const t = initTRPC.create();
const byId = t.procedure.input(z.object({ id: z.string() }));
const router = t.router({
  agent: t.router({
    get: byId.query(async ({ input }) => (await find(input.id)).agent()),
    getSessionWithMetadata: byId.query(async ({ input }) => {
      const session = await find(input.id);
      return { ...session.agent(), metadata: session.meta() };
    }),
  }),
  git: t.router({ status: byId.query(() => ({ branch: '', staged: [], modified: [], untracked: [] })) }),
});

const app = express();
app.disable('x-powered-by');
app.use(compression());
app.use('/app', express.static(join(import.meta.dirname, 'dist'), { immutable: true, maxAge: '1y' }));
app.use('/trpc', createExpressMiddleware({ router }));

process.on('message', async ({ id, close }) => {
  const session = await find(id);
  process.send({ at: session.at });
  if (!close) return;
  session.close();
  sessions.delete(id);
});
process.on('disconnect', () => process.exit());
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

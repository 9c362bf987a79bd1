// Builds one production bundle per arm, so that no arm ships another arm's code.
import { build } from 'vite'
import react from '@vitejs/plugin-react'

export const ARMS = ['before', 'after']

export async function buildAll() {
  for (const arm of ARMS) {
    await build({
      configFile: false,
      logLevel: 'warn',
      base: `/app/${arm}/`,
      plugins: [react()],
      define: { __ARM__: JSON.stringify(arm) },
      build: { outDir: `dist/${arm}`, emptyOutDir: true },
    })
  }
}

if (process.argv[1]?.endsWith('build.mjs')) await buildAll()

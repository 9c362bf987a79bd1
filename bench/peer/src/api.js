// tRPC 11 + TanStack Query 5 with their defaults (staleTime 0, structural sharing, tracked properties, retry 3).
import { QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'

export const queryClient = new QueryClient()
const link = httpBatchLink({ url: '/trpc' })
export const trpc = createTRPCOptionsProxy({ client: createTRPCClient({ links: [link] }), queryClient })

const params = new URLSearchParams(location.search)
export const sessionId = params.get('id')

window.__renders = { page: 0, sidebar: 0, git: 0 }

// Begins the page that people would use instead, in one of its two designs.
import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api.js'
import { PageBefore } from './page-before.jsx'
import { PageAfter } from './page-after.jsx'
import './style.css'

const Page = __ARM__ === 'before' ? PageBefore : PageAfter
createRoot(document.getElementById('root')).render(
  <QueryClientProvider client={queryClient}>
    <Page />
  </QueryClientProvider>,
)

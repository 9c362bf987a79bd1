// Says what people do with a page, and what of it does not wait for the deferred functions.
const ACTS = ['click', 'dblclick', 'submit', 'keydown', 'input', 'change', 'paste', 'drop'];
// Writing and sending a message, answers to approvals and Stop.
const EARLY = '[data-early]';
const isEarly = ({ target, submitter, ctrlKey, metaKey, altKey, key }) =>
  (submitter ?? target).closest?.(EARLY) && ((!ctrlKey && !metaKey && !altKey) || key === 'Enter');
